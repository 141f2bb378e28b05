/* What this tab remembers, in sessionStorage only. A browser may refuse it (a blocked frame, private mode) or
   fill up; then the page remembers by itself until it is closed. */
(function () {
  'use strict';

  const memory = {};
  let storage = null;
  let closed = false;
  try {
    storage = window.sessionStorage;
  } catch (error) { /* refused */ }

  window.chatStore = {
    load(key, fallback) {
      try {
        const kept = storage && storage.getItem(key);
        if (kept) return JSON.parse(kept);
      } catch (error) { /* unreadable counts as absent */ }
      return key in memory ? memory[key] : fallback;
    },

    /** False when the browser's storage is full. */
    save(key, value) {
      if (closed) return true;
      memory[key] = value;
      try {
        if (storage) storage.setItem(key, JSON.stringify(value));
        return true;
      } catch (error) {
        return false;
      }
    },

    /** Whether what is saved outlives a reload. */
    lasts() {
      return storage !== null;
    },

    /** Forget everything, and everything that may still arrive. */
    forget() {
      closed = true;
      if (storage) storage.clear();
    },
  };
})();
