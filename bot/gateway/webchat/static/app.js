/* The chat as an app, for whoever wishes it. Only then a worker keeps the page's shell, which says no more than its icon
   does; a mere visit leaves nothing. Words of a conversation are never kept by it. */
(function () {
  'use strict';

  const root = document.documentElement;
  const embedded = window.parent !== window;
  let offer = null;

  const isApp = () => new URL(location.href).searchParams.has('app') || navigator.standalone === true
    || window.matchMedia('(display-mode: standalone)').matches;

  function showOffer() {
    const place = document.getElementById('keep');
    if (place) place.hidden = !offer;
  }

  function keepPage() {
    if (embedded || !navigator.serviceWorker) return;
    navigator.serviceWorker.register('/chat-worker.js', { updateViaCache: 'none' })
      .then(() => navigator.serviceWorker.ready)
      .then((registration) => registration.active.postMessage({ keep: '/?app=1&locale=' + root.lang }))
      .catch(() => { /* refused, or offline: the page works without it */ });
  }

  if (!embedded) {
    window.addEventListener('beforeinstallprompt', (event) => {
      // The browser's own banner would push; ours waits to be found.
      event.preventDefault();
      offer = event;
      showOffer();
    });
    window.addEventListener('appinstalled', () => {
      offer = null;
      showOffer();
      keepPage();
    });
    document.addEventListener('click', (event) => {
      if (!offer || !event.target.closest('#keep-do')) return;
      offer.prompt();
      offer = null;
      showOffer();
    });
    if (isApp()) keepPage();
  }

  window.chatApp = {
    /** The page speaks another language now: that is the one to keep. */
    speaks() {
      if (isApp()) keepPage();
    },

    /** Tell the server that nobody comes back with this session. A beacon is sent on although the page is gone. */
    end(session) {
      if (session && navigator.sendBeacon) navigator.sendBeacon('/chat/leave', session);
    },
  };
})();
