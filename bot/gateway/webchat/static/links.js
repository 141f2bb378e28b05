/* Finds web addresses and phone numbers in a message and makes them tappable.
   Builds nodes, never HTML. No lookbehind and no \p{}: old phones stumble over the whole file otherwise. */
(function () {
  'use strict';

  const URL_CHARS = 'https://[!#-;=?-_a-z~]+';
  const GROUPS = '(?:[ \\u00a0]\\d{3,8}|[-\\u2010\\u2011]\\d{1,8})*';
  const ABROAD = '\\+\\d{1,3}(?:[ \\u00a0]?\\(\\d{1,4}\\)[ \\u00a0]?\\d{3,}|[- \\u00a0]?\\d+)' + GROUPS;
  const LOCAL = '(?:\\(0\\d{1,3}\\)[ \\u00a0]?\\d{3,}|0\\d{2,})' + GROUPS;
  const CALL_CENTRE = '1500[- ]?\\d{3}';

  // What stands before or after decides whether "110" is a number to call or a sum, a date, an article of law.
  const NOT_BEFORE = /(?:[A-Za-z0-9_\u00c0-\u024f@#+]|\d[.,:/-]|(?:rp\.?|idr|usd|myr|rm|sar|[$€£¥]|pasal|ayat|article)\s*)$/i;
  const NOT_AFTER = /^(?:[A-Za-z0-9_\u00c0-\u024f]|[.,:/-]\d|\s?%)/;
  const SENTENCE_END = /[.,;:!?'\])}]$/;

  const digitsOf = (text) => text.replace(/\D/g, '');

  function escaped(text) {
    return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }

  function count(text, char) {
    return text.split(char).length - 1;
  }

  function trimmedUrl(found) {
    let url = found;
    while (SENTENCE_END.test(url)) {
      if (url.endsWith(')') && count(url, '(') >= count(url, ')')) break;
      url = url.slice(0, -1);
    }
    return url;
  }

  function urlLink(found) {
    const text = trimmedUrl(found);
    try {
      const url = new URL(text);
      // "https://police.example@elsewhere.example" only pretends to lead to the police.
      if (url.protocol !== 'https:' || url.username || url.password) return null;
      return { text: text, href: url.href };
    } catch (error) {
      return null;
    }
  }

  function phoneLink(found, shortNumbers) {
    let text = found;
    const isShort = shortNumbers.includes(text);
    while (digitsOf(text).length > (text[0] === '+' ? 15 : 13) && /[ \u00a0-]/.test(text)) {
      text = text.replace(/[ \u00a0-][^ \u00a0-]*$/, '');
    }
    const length = digitsOf(text).length;
    const isLong = text[0] === '+' ? length >= 8 && length <= 15 : length >= 9 && length <= 13;
    if (!isShort && !isLong && !/^1500/.test(text)) return null;
    return { text: text, href: 'tel:' + (text[0] === '+' ? '+' : '') + digitsOf(text) };
  }

  /** Split a text into plain strings and {text, href}; shortNumbers: numbers such as "110" that are safe to link. */
  function split(text, shortNumbers) {
    const known = shortNumbers.slice().sort((a, b) => b.length - a.length).map(escaped);
    const pattern = new RegExp([URL_CHARS].concat(known, ABROAD, LOCAL, CALL_CENTRE).join('|'), 'gi');
    const parts = [];
    let done = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const before = text.slice(Math.max(0, match.index - 12), match.index);
      const isUrl = /^https:/i.test(match[0]);
      let link = isUrl ? urlLink(match[0]) : phoneLink(match[0], shortNumbers);
      if (link && !isUrl) {
        const after = text.substr(match.index + link.text.length, 3);
        if (NOT_BEFORE.test(before) || NOT_AFTER.test(after)) link = null;
      }
      if (!link) continue;
      if (match.index > done) parts.push(text.slice(done, match.index));
      parts.push(link);
      done = pattern.lastIndex = match.index + link.text.length;
    }
    if (done < text.length) parts.push(text.slice(done));
    return parts;
  }

  function anchor(link) {
    const a = document.createElement('a');
    a.href = link.href;
    a.textContent = link.text;
    a.dir = 'ltr';
    if (link.href.startsWith('https:')) {
      a.target = '_blank';
      a.rel = 'noopener noreferrer nofollow';
    }
    return a;
  }

  function append(element, text, shortNumbers) {
    split(text, shortNumbers).forEach((part) => {
      element.appendChild(typeof part === 'string' ? document.createTextNode(part) : anchor(part));
    });
  }

  window.chatLinks = { split: split, append: append };
})();
