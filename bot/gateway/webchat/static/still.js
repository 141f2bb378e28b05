/* Nothing moves under a finger. A press counts only if the button is still there when the finger lifts, so whatever
   would move or redraw it waits that long: the press may be the one that asks for a person. */
(function () {
  'use strict';

  const LONGEST_PRESS_MS = 3000;
  const CLICK_WAIT_MS = 80;

  let isPressed = false;
  let timer = 0;
  let waiting = [];

  function letGo() {
    clearTimeout(timer);
    isPressed = false;
    const acts = waiting;
    waiting = [];
    acts.forEach((act) => act());
  }

  function letGoIn(wait_ms) {
    clearTimeout(timer);
    timer = setTimeout(letGo, wait_ms);
  }

  document.addEventListener('pointerdown', () => {
    isPressed = true;
    letGoIn(LONGEST_PRESS_MS);
  }, true);
  // A finger that begins to scroll is cancelled. After one that lifts, its click comes a moment later.
  document.addEventListener('pointercancel', letGo, true);
  document.addEventListener('pointerup', () => letGoIn(CLICK_WAIT_MS), true);

  /** Do something that changes the page: now, or when no finger is down; always in the order asked for. */
  window.chatStill = function (act) {
    if (isPressed) waiting.push(act);
    else act();
  };
})();
