/* Changes the page's language while people write. The words belong to the template, so a new language means a new
   copy of the page, of which only the words are taken: a failed download leaves everything as it was. */
(function () {
  'use strict';

  const root = document.documentElement;
  let wordsLocale = root.lang;

  function pageUrl() {
    const url = new URL(location.href);
    url.searchParams.set('locale', root.lang);
    return url.href;
  }

  function takeElement(element, fresh) {
    ['aria-label', 'placeholder'].forEach((name) => {
      if (fresh.hasAttribute(name)) element.setAttribute(name, fresh.getAttribute(name));
    });
    if (element.matches('textarea, [role="log"]')) return;
    element.textContent = '';
    while (fresh.firstChild) element.appendChild(document.adoptNode(fresh.firstChild));
  }

  function takePage(page) {
    document.querySelectorAll('[data-w]').forEach((element) => {
      const fresh = page.querySelector('[data-w="' + element.dataset.w + '"]');
      if (fresh) takeElement(element, fresh);
    });
    document.title = page.title;
    root.dir = page.documentElement.dir;
  }

  function readWords(page) {
    return JSON.parse(page.getElementById('words').textContent);
  }

  /** Fetch the words of root.lang unless they are on the page already; `use` gets those the script itself says,
      and what puts the others on the page. */
  function fetchWords(use) {
    const wanted = root.lang;
    if (wordsLocale === wanted) return;
    fetch(pageUrl(), { credentials: 'same-origin' })
      .then((response) => (response.ok ? response.text() : Promise.reject(response.status)))
      .then((html) => {
        // Meanwhile another language may have been chosen, or the page emptied to leave.
        if (wanted !== root.lang || !document.body) return;
        const page = new DOMParser().parseFromString(html, 'text/html');
        const words = readWords(page);
        wordsLocale = wanted;
        use(words, () => takePage(page));
      })
      .catch(() => { /* offline: asked again with the next connection */ });
  }

  /** Note the language on the page and in its address, without a step in the browser's history. */
  function mark(locale, dir) {
    root.lang = locale;
    if (dir === 'rtl' || dir === 'ltr') root.dir = dir;
    history.replaceState(null, '', pageUrl());
  }

  window.chatLanguage = { words: () => readWords(document), fetchWords: fetchWords, mark: mark };
})();
