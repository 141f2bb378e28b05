/* Tells now and then that the person is writing to a counsellor; what they write stays on the page until they send it. */
(function () {
  'use strict';

  const AGAIN_MS = 3000;

  window.chatTyping = function (input, tell) {
    let last = 0;
    input.addEventListener('input', () => {
      if (!input.value || Date.now() - last < AGAIN_MS) return;
      last = Date.now();
      tell();
    });
  };
})();
