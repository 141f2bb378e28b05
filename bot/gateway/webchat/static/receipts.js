/* Says that a counsellor's message was before the person's eyes: the page that shows it was in sight. Of what the bot says,
   nothing is told. */
(function () {
  'use strict';

  /** @param {function(object)} transmit sends a frame, if the line is up; returns what notes each message that is shown */
  window.chatReceipts = function (transmit) {
    let waiting = [];

    function tell() {
      if (document.visibilityState !== 'visible') return;
      waiting.forEach((id) => transmit({ type: 'read', id: id }));
      waiting = [];
    }

    document.addEventListener('visibilitychange', tell);
    return function (message) {
      if (message.from !== 'staff') return;
      waiting.push(message.id);
      tell();
    };
  };
})();
