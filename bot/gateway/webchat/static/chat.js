/* The public chat. Three promises shape it: nothing written is lost, nothing is shown twice, and nothing stays
   behind when the person leaves. All is kept in this tab's sessionStorage, under one-letter names that say nothing. */
(function () {
  'use strict';

  const MAX_CHARS = 10000;
  const COUNT_LAST_CHARS = 1000;
  const MAX_ENTRIES = 300;
  const MAX_SEEN_IDS = 600;
  const TYPING_MS = 10000;
  const AWAY_MS = 60000;
  const BATCH_MS = 3000;
  const DOUBLE_ESCAPE_MS = 1000;
  const DOUBLE_TAP_MS = 700;

  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const log = byId('log');
  const input = byId('text');
  const language = byId('language');
  const exitUrl = byId('exit').href;
  const embedded = window.parent !== window;
  const load = window.chatStore.load;
  const save = window.chatStore.save;
  let left = false;

  let words = window.chatLanguage.words();
  let session = load('s', null);
  // Whether the server has taken anything with this session: until then it may not know it yet.
  let isKept = load('h', false);
  let entries = load('t', []);
  let seen = load('i', []);

  function saveEntries() {
    entries = entries.slice(-MAX_ENTRIES);
    seen = seen.slice(-MAX_SEEN_IDS);
    save('i', seen);
    // What waits to be sent matters more than what was said: a full storage gives up the older half of the latter.
    while (!save('t', entries.map(kept)) && entries.length > 1) entries = entries.slice(entries.length / 2);
  }

  /** What this device keeps of an entry: of one that tells much about the person only that it was there, and its choices. */
  function kept(entry) {
    if (!entry.sensitive) return entry;
    return Object.assign({}, entry, { text: '', media: [], hidden: true });
  }

  // What the person wants gone after a while goes from the page and from what the tab remembers.

  let vanishTimer = 0;

  function vanish() {
    clearTimeout(vanishTimer);
    if (left) return;
    const now = Date.now();
    const stay = entries.filter((entry) => !entry.goesAt || entry.goesAt > now);
    if (stay.length < entries.length) {
      entries = stay;
      saveEntries();
      showAll();
    }
    const times = entries.filter((entry) => entry.goesAt).map((entry) => entry.goesAt);
    const again = () => window.chatStill(vanish);
    if (times.length) vanishTimer = setTimeout(again, Math.max(1000, Math.min(...times) - now));
  }

  // Showing the conversation: follow it, but never pull away somebody who reads further up, and never scroll
  // the beginning of a long answer out of sight.

  let anchor = null;
  let lastArrival = 0;

  const bottom = () => root.scrollHeight - window.innerHeight;
  // Until then the emergency numbers at the top are the most useful thing to look at.
  const hasSpoken = () => entries.some((entry) => entry.from === 'you');
  const atBottom = () => window.pageYOffset >= bottom() - 60;

  function hideJump() {
    if (!left && atBottom()) byId('jump').hidden = true;
  }

  function follow() {
    const bar = document.querySelector('.bar').offsetHeight + 8;
    const top = anchor.getBoundingClientRect().top + window.pageYOffset - bar;
    window.scrollTo(0, Math.min(top, bottom()));
  }

  function show(entry) {
    return log.appendChild(window.drawMessage(entry, words, ownWords));
  }

  /** What an answer points to is looked up when it is drawn: of words that are not here any more nothing is quoted. */
  function ownWords(id) {
    const found = id ? entries.find((entry) => entry.from === 'you' && entry.id === id) : null;
    return found ? found.text : '';
  }

  function add(entry) {
    entries.push(entry);
    const follows = hasSpoken() && (atBottom() || entry.from === 'you');
    saveEntries();
    const element = show(entry);
    refresh();
    if (entry.from === 'you' || !anchor || Date.now() - lastArrival > BATCH_MS) anchor = element;
    lastArrival = Date.now();
    if (follows) follow();
    byId('jump').hidden = atBottom();
  }

  function showAll() {
    // Silent while old messages are put back, or a screen reader would read the whole conversation aloud.
    log.setAttribute('aria-live', 'off');
    log.textContent = '';
    entries.forEach(show);
    refresh();
    setTimeout(() => log.setAttribute('aria-live', 'polite'), 100);
  }

  // Everything that depends on how things stand: the newest choices, "sent", the line about the connection.

  let degraded = false;
  let busy = false;
  let typingTimer = 0;

  function connectionState() {
    if (line.ready && busy) return 'busy';
    if (line.ready) return degraded ? 'degraded' : 'connected';
    return line.failed || navigator.onLine === false ? 'offline' : 'connecting';
  }

  function showMark(mark) {
    const state = !line.isWaiting(mark.dataset.id) ? 'sent' : line.ready ? 'sending' : 'waiting';
    if (mark.dataset.state === state) return;
    mark.dataset.state = state;
    mark.textContent = words[state];
  }

  function refresh() {
    if (left) return;
    const state = connectionState();
    const element = byId('state');
    element.dataset.state = state;
    if (element.textContent !== words[state]) element.textContent = words[state];
    byId('to-numbers').hidden = state !== 'offline';
    log.querySelectorAll('.mark').forEach(showMark);
    const groups = log.querySelectorAll('.choices');
    groups.forEach((group, index) => group.classList.toggle('newest', index === groups.length - 1));
    if (!line.ready) showTyping(false);
  }

  function fitBars() {
    const bars = document.querySelector('.bar').offsetHeight + document.querySelector('.composer').offsetHeight;
    const sixLines = 9 * parseFloat(getComputedStyle(root).fontSize);
    root.classList.toggle('tight', window.innerHeight - bars < sixLines);
  }

  function showTyping(on) {
    clearTimeout(typingTimer);
    byId('typing').classList.toggle('on', on);
    if (on) typingTimer = setTimeout(showTyping, TYPING_MS, false);
  }

  function botAnswers() {
    // After a counsellor has written, a person answers in their own time; moving dots would promise too much.
    const theirs = entries.filter((entry) => entry.from === 'bot' || entry.from === 'staff');
    return !theirs.length || theirs[theirs.length - 1].from === 'bot';
  }

  // What the server says.

  function keepSession(token, kept) {
    session = token;
    isKept = kept;
    save('s', session);
    if (kept || load('h', false)) save('h', kept);
  }

  const onServer = {
    session(message) {
      keepSession(message.session, isKept && message.session === session);
      // The server says anew when a file may be sent.
      attach.allow(false);
      loadWords();
    },

    message(message) {
      if (!seen.includes(message.id)) {
        seen.push(message.id);
        showTyping(false);
        add({
          id: message.id,
          from: message.from === 'staff' ? 'staff' : 'bot',
          text: String(message.text || ''),
          buttons: Array.isArray(message.buttons) ? message.buttons : [],
          media: Array.isArray(message.media) ? message.media : [],
          file: message.file || null,
          sensitive: message.sensitive === true,
          quote: String(message.quote || ''),
          goesAt: message.vanish_s > 0 ? Date.now() + message.vanish_s * 1000 : 0,
        });
        vanish();
      }
      // Also for one shown before: it came again because our first "seen" did not arrive.
      line.transmit({ type: 'seen', id: message.id });
      // A file is read once it was asked for; the server notes that where it gives it out.
      if (!message.file) noteShown(message);
    },

    typing() {
      showTyping(true);
    },

    files(message) {
      attach.allow(message.open === true);
    },

    locale(message) {
      if (message.locale !== root.lang) setLocale(String(message.locale), message.dir);
    },

    ack() {
      if (!isKept) keepSession(session, true);
    },

    expired() {
      const hadTalk = isKept;
      keepSession(null, false);
      if (hadTalk && entries.length) add({ from: 'note', word: 'expired' });
    },

    proof(message) {
      busy = message.bits > 0;
      line.beHeld(busy);
      if (busy) work.begin(String(message.salt), message.bits);
      else work.stop();
    },

    update(message) {
      // Once for each version: two servers of different age must not send a page to and fro. Never while somebody writes.
      const seenBefore = load('v', []);
      if (input.value || !window.chatStore.lasts() || seenBefore.includes(message.page)) return;
      save('v', seenBefore.concat(message.page));
      location.reload();
    },

    status(message) {
      degraded = message.state === 'degraded';
    },
  };

  const line = new window.ChatLine(load('q', []), {
    hello() {
      busy = false;
      work.stop();
      return { type: 'hello', session: session, new: !isKept, locale: root.lang, acks: true, page: root.dataset.page };
    },
    keepQueue: (queue) => save('q', queue),
    // The words about the line make the bar below higher or lower: not under a finger.
    changed: () => window.chatStill(refresh),
    receive(message) {
      if (!Object.prototype.hasOwnProperty.call(onServer, message.type)) return;
      window.chatStill(() => { if (!left) onServer[message.type](message); });
    },
  });

  const work = window.chatWork((nonce) => line.transmit({ type: 'proof', nonce: nonce }));

  const noteShown = window.chatReceipts((frame) => line.transmit(frame));

  const attach = window.chatAttach({
    session: () => session,
    words: () => words,
    newId: newId,
    left: () => left,
    sent: (id, kind) => add({ id: id, from: 'you', text: words['file_' + kind] }),
    refused: (why) => add({ from: 'note', word: 'file_' + why }),
  });

  window.chatFiles({ session: () => session, words: () => words, left: () => left });

  window.chatTyping(input, () => { if (!botAnswers()) line.transmit({ type: 'typing' }); });

  // What the person says.

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('');
  }

  function say(item, text) {
    item.id = newId();
    line.send(item);
    add({ id: item.id, from: 'you', text: text });
    if (line.ready && botAnswers()) showTyping(true);
  }

  function showDraft() {
    const spare = MAX_CHARS - input.value.length;
    const count = byId('count');
    count.textContent = spare <= COUNT_LAST_CHARS ? (spare < 0 ? words.over : words.left).replace('{n}', Math.abs(spare)) : '';
    count.classList.toggle('over', spare < 0);
    input.setAttribute('aria-invalid', String(spare < 0));
    byId('send').setAttribute('aria-disabled', String(spare < 0));
    // An empty box follows the page, so that its placeholder stands on the right side.
    input.dir = input.value ? 'auto' : '';
    input.style.height = 'auto';
    input.style.height = input.scrollHeight + 2 + 'px';
    save('d', input.value);
  }

  function sendText() {
    const text = input.value.trim();
    if (!text || input.value.length > MAX_CHARS) return;
    input.value = '';
    showDraft();
    say({ type: 'text', text: text }, text);
  }

  function followLink() {
    // The link of a campaign or a quiz, or a code. It is taken out of the address, so that it is followed once and stands in no history.
    const url = new URL(location.href);
    // A code that connects another chat stands behind the #, which no server is told.
    const code = /^#j=(\w{8})$/.exec(url.hash);
    const payload = code ? `j_${code[1]}` : url.searchParams.get('start');
    if (payload === null) return;
    if (code) url.hash = '';
    url.searchParams.delete('start');
    history.replaceState(null, '', url);
    if (/^[a-z]+_[\w-]{1,60}$/.test(payload)) line.send({ type: 'start', id: newId(), payload: payload });
  }

  window.addEventListener('hashchange', followLink);

  let lastTap = 0;
  let lastChoice;

  function pressChoice(element) {
    // A trembling finger taps twice; one answer is meant. Another button is another answer, however quick.
    const isSame = element.dataset.button === lastChoice;
    if (isSame && Date.now() - lastTap < DOUBLE_TAP_MS) return;
    lastTap = Date.now();
    lastChoice = element.dataset.button;
    say({ type: 'button', button: element.dataset.button }, element.textContent);
  }

  // Language.

  function loadWords() {
    window.chatLanguage.fetchWords((fresh, takePage) => window.chatStill(() => {
      if (left) return;
      takePage();
      words = fresh;
      window.chatApp.speaks();
      showAll();
      showDraft();
      fitBars();
    }));
  }

  function setLocale(locale, dir) {
    window.chatLanguage.mark(locale, dir);
    language.value = locale;
    save('l', locale);
    loadWords();
  }

  // Leaving.

  function goAway() {
    if (!embedded) {
      location.replace(exitUrl);
      return;
    }
    // The page around us has to leave as well. Our widget sees to it; framed by anybody else, we try it ourselves.
    window.parent.postMessage({ chat: 'exit', url: exitUrl }, '*');
    setTimeout(() => {
      try {
        window.top.location.replace(exitUrl);
      } catch (error) {
        location.replace(exitUrl);
      }
    }, 300);
  }

  function leave() {
    if (left) return;
    left = true;
    document.title = '';
    root.textContent = '';
    clearTimeout(typingTimer);
    window.chatApp.end(session);
    work.stop();
    window.chatStore.forget();
    line.end();
    goAway();
  }

  let lastEscape = -Infinity;

  function onEscape(event) {
    if (event.repeat) return;
    const isSecond = event.timeStamp - lastEscape < DOUBLE_ESCAPE_MS;
    lastEscape = event.timeStamp;
    if (isSecond) leave();
    else if (embedded) window.parent.postMessage({ chat: 'escape' }, '*');
  }

  // Wiring.

  document.addEventListener('click', (event) => {
    const element = event.target.closest('#exit, #to-numbers, button');
    if (!element) return;
    if (element.id === 'exit') {
      event.preventDefault();
      leave();
    } else if (element.id === 'to-numbers') {
      // No step in the browser's history, and the keyboard goes on from the first number.
      event.preventDefault();
      document.querySelector('.card .number').focus();
    } else if (element.id === 'send') sendText();
    else if (element.id === 'jump') window.scrollTo(0, bottom());
    else if (element.dataset.button !== undefined) pressChoice(element);
  });

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' || event.key === 'Esc') onEscape(event);
    else if (event.key === ' ' && event.target.id === 'exit') {
      event.preventDefault();
      leave();
    }
  }, true);

  input.addEventListener('keydown', (event) => {
    // 229: the key belongs to an input method that is still composing a word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    sendText();
  });
  input.addEventListener('input', showDraft);

  language.addEventListener('change', () => {
    setLocale(language.value);
    // The new greeting tells the server, whether or not it was listening just now.
    line.reconnect();
  });

  window.addEventListener('online', () => { if (!line.ready) line.reconnect(); });
  window.addEventListener('offline', line.drop);
  window.addEventListener('scroll', () => window.chatStill(hideJump), { passive: true });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted && left) goAway();
    else if (event.persisted) line.reconnect();
  });
  window.addEventListener('message', (event) => {
    if (embedded && event.source === window.parent && event.data && event.data.chat === 'exit') leave();
  });

  window.addEventListener('resize', () => { if (!left) fitBars(); });

  let hiddenSince = 0;

  document.addEventListener('visibilitychange', () => {
    // A page that slept is late.
    vanish();
    if (document.hidden) hiddenSince = Date.now();
    // A phone that slept keeps sockets that look open and are dead.
    else if (!line.ready || Date.now() - hiddenSince > AWAY_MS) line.reconnect();
  });

  root.classList.add('live');
  history.scrollRestoration = 'manual';
  const chosen = load('l', root.lang);
  const isAddressed = new URL(location.href).searchParams.has('locale');
  if (chosen !== root.lang && (embedded || !isAddressed)) setLocale(chosen);
  input.value = input.value || load('d', '');
  showAll();
  vanish();
  showDraft();
  fitBars();
  if (hasSpoken()) window.scrollTo(0, bottom());
  followLink();
  line.connect();
})();
