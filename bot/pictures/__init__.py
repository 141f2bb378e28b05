"""Pictures that the server makes: of quiz questions, cards, QR codes; and how pictures of others are taken in."""
