/* Draws one message. What people and the bot write becomes text nodes, never markup. */
(function () {
  'use strict';

  const QUOTE_CHARS = 80;

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function textElement(text) {
    const element = make('p', 'text', text);
    element.dir = 'auto';
    return element;
  }

  const savesData = () => Boolean(navigator.connection && navigator.connection.saveData)
    || window.matchMedia('(prefers-reduced-data: reduce)').matches;

  /** Asked for once, a picture stays, also where all is drawn anew, as in another language. */
  const askedFor = new Set();

  /** A picture that is loaded only when it is asked for: its message says all that is in it. */
  function offered(image, address, words) {
    const button = make('button', 'offered', words.picture);
    button.type = 'button';
    button.addEventListener('click', () => window.chatStill(() => {
      askedFor.add(address);
      image.src = address;
      button.replaceWith(image);
    }));
    return button;
  }

  function picture(media, words) {
    const url = new URL(media.url, location.href);
    const alt = String(media.alt || words.picture);
    if (url.origin === location.origin) {
      const image = make('img');
      image.alt = alt;
      image.loading = 'lazy';
      // Known before it is loaded, so that nothing below it moves when it comes.
      if (media.width > 0 && media.height > 0) {
        image.width = media.width;
        image.height = media.height;
      }
      if (!savesData() || askedFor.has(url.href)) {
        image.src = url.href;
        return image;
      }
      return offered(image, url.href, words);
    }
    const holder = make('p', 'text', url.protocol === 'https:' ? '' : alt);
    if (url.protocol !== 'https:') return holder;
    // Fetching a picture from elsewhere would tell a stranger's server who reads here: offer it instead.
    const link = make('a', '', alt);
    link.href = url.href;
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    holder.appendChild(link);
    return holder;
  }

  /** A recording of the words before it. Nothing of it is fetched, and nothing sounds, before somebody asks for it. */
  function recording(media, words) {
    const url = new URL(media.url, location.href);
    if (url.origin !== location.origin) throw new TypeError(url.href);
    const player = make('audio');
    player.controls = true;
    player.preload = 'none';
    player.src = url.href;
    player.setAttribute('aria-label', words.recording);
    return player;
  }

  function choices(buttons, words) {
    const group = make('div', 'choices');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', words.choices);
    buttons.forEach((button) => {
      const element = make('button', '', String(button.title));
      element.type = 'button';
      element.dir = 'auto';
      element.dataset.button = String(button.id);
      group.appendChild(element);
    });
    return group;
  }

  function own(entry, words) {
    const element = make('div', 'message you');
    element.appendChild(make('p', 'from', words.you));
    element.appendChild(textElement(entry.text));
    const mark = make('p', 'mark');
    mark.dataset.id = entry.id;
    // "Sent" is for the eye; a screen reader would interrupt the answer with it.
    mark.setAttribute('aria-live', 'off');
    element.appendChild(mark);
    return element;
  }

  /** The beginning of the words that an answer points to. */
  function quote(text, words) {
    const signs = Array.from(text);
    const element = make('blockquote', 'quote');
    element.dir = 'auto';
    element.appendChild(make('span', 'unseen', words.you + ' '));
    element.appendChild(document.createTextNode(signs.length > QUOTE_CHARS ? signs.slice(0, QUOTE_CHARS).join('') + '…' : text));
    return element;
  }

  function theirs(entry, words, ownWords) {
    const element = make('div', 'message ' + entry.from);
    element.appendChild(make('p', 'from', words[entry.from]));
    const quoted = ownWords(entry.quote);
    if (quoted) element.appendChild(quote(quoted, words));
    if (entry.hidden) element.appendChild(make('p', 'text', words.not_kept));
    if (entry.text) {
      const text = textElement('');
      window.chatLinks.append(text, entry.text, words.numbers);
      element.appendChild(text);
    }
    entry.media.filter((media) => media.kind === 'image').forEach((media) => {
      try {
        element.appendChild(picture(media, words));
      } catch (error) { /* its address is none; the text still stands */ }
    });
    entry.media.filter((media) => media.kind === 'voice').forEach((media) => {
      try {
        element.appendChild(recording(media, words));
      } catch (error) { /* its address is none; what it speaks has been said in words */ }
    });
    if (entry.file) element.appendChild(window.drawFile(entry.file, words));
    if (entry.buttons.length) element.appendChild(choices(entry.buttons, words));
    return element;
  }

  /** One entry of the conversation: from "you", "bot" or "staff", or a "note" the page itself makes. */
  window.drawMessage = function (entry, words, ownWords) {
    if (entry.from === 'note') return make('p', 'note', words[entry.word]);
    return entry.from === 'you' ? own(entry, words) : theirs(entry, words, ownWords);
  };
})();
