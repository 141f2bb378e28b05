/* A little work that the server asks of new pages while very many come at once. It is done beside the page, so that
   nothing gets stuck; where a phone cannot do it, waiting opens the door as well. */
(function () {
  'use strict';

  /** @param {function(string)} done gets what was found */
  window.chatWork = function (done) {
    let worker = null;

    function stop() {
      if (worker) worker.terminate();
      worker = null;
    }

    return {
      begin(salt, bits) {
        stop();
        if (!window.Worker || !window.crypto.subtle) return;
        try {
          worker = new Worker('/chat/static/prover.js?v=' + document.documentElement.dataset.page);
        } catch (error) {
          return;
        }
        worker.onmessage = (event) => { stop(); done(String(event.data)); };
        worker.onerror = stop;
        worker.postMessage({ salt: salt, bits: bits });
      },
      stop: stop,
    };
  };
})();
