/* A file for a counsellor: what is too large is refused before a byte of it leaves, and the server has the last word. */
(function () {
  'use strict';

  const REASONS = ['not_taken', 'too_large', 'broken', 'full', 'not_now'];
  const KINDS = ['picture', 'voice', 'pdf'];

  /**
   * @param {object} owner session(); words(); newId(); left(); sent(id, kind); refused(why)
   */
  window.chatAttach = function (owner) {
    const button = document.getElementById('attach');
    const input = document.getElementById('file');
    let busy = false;

    function showBusy(on) {
      busy = on;
      button.setAttribute('aria-disabled', String(on));
      button.classList.toggle('busy', on);
    }

    async function post(file, id) {
      const answer = await fetch('/chat/files', {
        method: 'POST',
        body: file,
        headers: { 'X-Chat-Session': owner.session(), 'X-Chat-Id': id, 'Content-Type': 'application/octet-stream' },
      });
      const said = await answer.json();
      if (answer.ok && KINDS.includes(said.kind)) owner.sent(id, said.kind);
      else owner.refused(REASONS.includes(said.why) ? said.why : 'lost');
    }

    async function send(file) {
      showBusy(true);
      try {
        await post(file, owner.newId());
      } catch (error) {
        if (!owner.left()) owner.refused('lost');
      }
      if (!owner.left()) showBusy(false);
    }

    button.addEventListener('click', () => { if (!busy) input.click(); });
    input.addEventListener('change', () => {
      const file = input.files[0];
      // The same file can be chosen again, and its name stays nowhere.
      input.value = '';
      if (!file || busy) return;
      if (file.size > Number(input.dataset.max)) owner.refused('too_large');
      else send(file);
    });

    return {
      allow(open) {
        button.hidden = !open;
      },
    };
  };
})();
