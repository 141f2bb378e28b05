"""The patterns by which `bot.understanding.redaction` finds what tells who somebody is. All read the read form of a text."""

import re

_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_UPPER = "A-Z\u00c0-\u00de"
_LOWER = "a-z\u00df-\u00ff\u1e00-\u1eff"
_BETWEEN = r"[\s().\-\u2010-\u2015\u2212/\\+_*,:;|~'#\u200c\u200d]{0,3}"
"""What people put between the digits of one number."""
_WORD = r"[^\s.,;:!?()\[\]{}\"<>…،؛؟۔।。，！？\ue000-\uf8ff]+"

LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w@])(?:[\w-]+\.)+[a-z]{2,}/\S*"
    r"|(?<![\w@.])[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|biz|xyz|ly|gl|io|me|co|id)\b(?!\s*@)",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[^\s@<>(),;:]+\s?@\s?[^\s@<>(),;:]+\.[^\s@<>(),;:.]+")

PLACES = (
    "ig|insta|instagram|fb|facebook|tiktok|tt|telegram|tele|tg|wa|whatsapp|line|wechat|weixin|twitter|snap|snapchat"
    "|discord|imo|zalo|viber|user ?name|akun|account"
)
HANDLE = re.compile(
    rf"@\s?(?:[^\s@,;:!?()\[\]{{}}]*[^\s@,;:!?()\[\]{{}}.])?"
    rf"|(?<![{_LATIN}])(?:{PLACES})\s*(?:id|nya|saya|aku|gw|ku|name)?\s*[:=]\s*\S+"
    rf"|(?<!\w)[{_LATIN}\d.]*[{_LATIN}\d]_+[\w.]*|(?<!\w)_+[{_LATIN}\d][\w.]*",
    re.IGNORECASE,
)

_MONTHS = (
    "jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun(?:i|e)?|jul(?:i|y)?|ag(?:t|u|ustus)|aug(?:ust)?"
    "|sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|des(?:ember)?|dec(?:ember)?"
)
DATE = re.compile(
    rf"(?<!\d)\d{{1,4}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{1,4}}(?!\d)"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[\s-](?:of\s)?(?:{_MONTHS})\.?,?[\s-]\d{{2,4}}(?!\d)"
    rf"|(?<!\w)(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{2,4}}(?!\d)"
    r"|\d{2,4}\s?年\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    # Abbreviations are never anything else; whole words only before a capital, since "jalan" is also to walk.
    rf"(?<!\w)(?:(?i:jln?|gg|kec|kel|kab|ds|dsn|kp)\.\s?|(?i:jln|gg)\s|(?:Jalan|jalan|Gang|gang|Desa|desa|Dusun|dusun|Kampung|kampung"
    rf"|Kecamatan|kecamatan|Kelurahan|kelurahan|Kabupaten|kabupaten|Perumahan|perumahan)\s(?=[{_UPPER}])"
    r"|(?i:blok)\s(?=[A-Z\d]))"
    rf"{_WORD}(?:\s(?!(?i:no|nomor|rt|rw)\b)[{_UPPER}]{_WORD})*(?:[\s,]+(?i:no|nomor|number)\.?\s?\d+\w*)?"
    r"|(?<!\w)(?i:rt|rw)\s?[./]?\s?\d+(?:\s?/?\s?(?i:rw)\s?[./]?\s?\d+)?"
    rf"|(?<!\w)\d+\w?\s(?:[{_UPPER}]{_WORD}\s){{1,3}}(?i:street|st|road|rd|avenue|ave|lane|ln|drive|blvd)(?!\w)\.?"
)

NUMBER = re.compile(rf"[{_LATIN}]*\d(?:{_BETWEEN}\d|[{_LATIN}]+(?=\d))*[{_LATIN}]*")
HAN_NUMBER = re.compile(r"[零〇一二三四五六七八九幺两]{4,}")
UNIT = re.compile(
    r"\s?(?:x|kali|times?|jam|menit|detik|hari|minggu|bulan|bln|tahun|thn|th|orang|org|anak"
    r"|hours?|hrs?|minutes?|mins?|days?|weeks?|months?|years?|yrs?|yo|y/o|people|persons?|girls?|boys?|kids?"
    r"|giờ|ngày|tuần|tháng|năm|tuổi|người|oras|araw|linggo|buwan|taon|saacadood|maalmood|bilood|sano)(?!\w)"
    r"|\s?(?:小时|天|周|个月|年|岁|个人|ชั่วโมง|วัน|เดือน|ปี|คน|ساعة|ساعات|يوم|شهر|أشهر|سنة|ساعت|روز|ماه|سال|گھنٹے|دن|مہینے"
    r"|ঘণ্টা|দিন|মাস|বছর|ម៉ោង|ថ្ងៃ|ខែ|ឆ្នាំ|နာရီ|ရက်|လ|နှစ်)",
    re.IGNORECASE,
)
"""What a number of one or two digits may count without telling who somebody is."""
KNOWN_WITH_DIGIT = frozenset({"bp2mi", "bp3mi", "kp2mi", "p3mi", "p4mi"})

_INTRODUCTIONS = (
    r"nama\s(?:lengkap\s|panggilan\s|asli\s)?(?:saya|sy|aku|gw|gue|ane|ku|kami|dia|anak\ssaya|suami\ssaya|majikan\ssaya|bos\ssaya)"
    r"|nama(?:ku|nya)|saya\sbernama|bernama|panggil\s(?:saja\s|aja\s)?(?:saya|aku|gw)?"
    r"|(?:my|his|her|their)\s(?:full\s|real\s|first\s)?name(?:\sis|'s|’s)?|(?:full\s)?name\s?:|call\sme|named"
    r"|ang\spangalan\s(?:ko|niya)(?:\say|\ssi)?|ako\s(?:po\s)?si|tên\s(?:của\s)?(?:tôi|em|mình|con)(?:\slà)?"
    r"|magac(?:aygu|ayga|eedu|iisu)\swaa?|jeneng(?:ku|e)|ngaran\s(?:abdi|kuring)|mera\sna+m|esme?\sman|ismi|nam\se\sman"
)
_OTHER_SCRIPTS = (
    r"اسمي|اسمى|إسمي|اسم\sمن|نام\sمن|اسمم|زما\sنوم|میرا\sنام|আমার\sনাম|என்\sபெயர்|ስሜ|နာမည်က|ខ្ញុំឈ្មោះ|ឈ្មោះ"
    r"|(?:ฉัน|ดิฉัน|ผม|หนู)?ชื่อ"
)
INTRODUCED = re.compile(
    rf"(?:(?<!\w)(?i:{_INTRODUCTIONS})\s(?:(?i:adalah|ialah|is|itu)\s|[:=]\s?)?|(?:{_OTHER_SCRIPTS})\s?[:=]?\s?"
    rf"|(?<!\w)(?i:nama|name)\s?[:=]\s?)(?P<who>{_WORD}(?:\s[{_UPPER}]{_WORD})*)"
)
HAN_INTRODUCED = re.compile(
    r"(?:我叫|我的名字是|我名叫|名字叫|我姓)\s?(?P<who>[\u3400-\u9fff]{1,3})"
)
TITLED = re.compile(
    r"(?<!\w)(?i:bu|ibu|pak|bapak|mbak|mba|mas|kak|bang|abang|om|tante|mr|mrs|ms|miss|mister|madam|mdm|sir|dr|ustad[hz]?"
    rf"|haji|hj|nyonya|tuan|puan|encik|cik|kuya|ate|boss?|agen|agent)\.?\s(?P<who>[{_UPPER}][{_LOWER}'’-]+(?:\s[{_UPPER}][{_LOWER}'’-]+)*)"
)
PROPER = re.compile(
    rf"(?<=[{_LOWER}\d,;:)\]] )[{_UPPER}][{_LOWER}][{_LATIN}'’-]*(?:\s[{_UPPER}][{_LOWER}][{_LATIN}'’-]*)*"
)
"""Words with a capital inside a sentence."""
_NO_NAMES = """indonesia malaysia singapura singapore taiwan hongkong hong kong macau arab saudi arabia kamboja cambodia myanmar burma
    thailand filipina philippines vietnam korea jepang japan china cina dubai uae qatar oman kuwait bahrain yordania jordan
    laos brunei turki turkey india pakistan bangladesh nepal afghanistan iran iraq syria somalia ethiopia sudan rohingya
    asia europe australia allah tuhan god english inggris melayu malay facebook whatsapp telegram instagram tiktok google
    senin selasa rabu kamis jumat sabtu minggu monday tuesday wednesday thursday friday saturday sunday januari februari
    maret april mei juni juli agustus september oktober november desember january february march may june july august october
    december unhcr iom suar kak pak bu mas mbak the saya aku tolong help please terima kasih"""
NO_NAMES = frozenset(_NO_NAMES.split())
"""Capitalised words that name nobody: countries, days, months, languages, platforms, words of courtesy."""
