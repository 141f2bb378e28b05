/* A counsellor's file: a quiet line until the person asks for it, and gone from the page again when they hide it. Its bytes
   are fetched with the session in a header, so that no address opens them, and are kept nowhere. */
(function () {
  'use strict';

  const TYPES = { picture: 'image/jpeg', voice: 'audio/ogg', pdf: 'application/pdf' };

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  /** The line and its button; nothing of the file is fetched. */
  window.drawFile = function (file, words) {
    const holder = make('div', 'file');
    holder.dataset.file = String(file.id);
    holder.dataset.kind = String(file.kind);
    holder.appendChild(make('p', 'text', words.file_here));
    const button = make('button', 'show-file', words.file_show);
    button.type = 'button';
    button.setAttribute('aria-expanded', 'false');
    holder.appendChild(button);
    return holder;
  };

  const draw = {
    picture(url, name) {
      const image = make('img');
      image.alt = name;
      image.src = url;
      return [image];
    },
    voice(url, name) {
      const sound = make('audio');
      sound.controls = true;
      sound.setAttribute('aria-label', name);
      sound.src = url;
      return [sound];
    },
    pdf(url, name, words) {
      const link = make('a', 'save-file', name);
      link.href = url;
      link.download = 'document.pdf';
      return [link, make('p', 'note', words.file_stays)];
    },
  };

  /**
   * @param {object} owner session(); words(); left()
   */
  window.chatFiles = function (owner) {
    async function fetchFile(holder) {
      const answer = await fetch('/chat/files/' + encodeURIComponent(holder.dataset.file), {
        headers: { 'X-Chat-Session': owner.session() || '' },
        cache: 'no-store',
      });
      if (!answer.ok) throw new Error(String(answer.status));
      return new Blob([await answer.arrayBuffer()], { type: TYPES[holder.dataset.kind] });
    }

    function empty(holder) {
      const shown = holder.querySelector('.shown-file');
      if (!shown) return;
      const media = shown.querySelector('img, audio, a');
      if (media) URL.revokeObjectURL(media.src || media.href);
      shown.remove();
    }

    function fill(holder, parts) {
      empty(holder);
      const shown = make('div', 'shown-file');
      parts.forEach((part) => shown.appendChild(part));
      holder.appendChild(shown);
    }

    function mark(button, isShown) {
      button.setAttribute('aria-expanded', String(isShown));
      button.textContent = isShown ? owner.words().file_hide : owner.words().file_show;
    }

    async function show(holder, button) {
      const kind = holder.dataset.kind;
      button.setAttribute('aria-disabled', 'true');
      let parts;
      try {
        const url = URL.createObjectURL(await fetchFile(holder));
        parts = draw[kind](url, owner.words()['file_from_' + kind], owner.words());
      } catch (error) { /* the line below says so */ }
      window.chatStill(() => {
        if (owner.left()) return;
        button.removeAttribute('aria-disabled');
        fill(holder, parts || [make('p', 'note', owner.words().file_not_shown)]);
        mark(button, Boolean(parts));
      });
    }

    document.addEventListener('click', (event) => {
      const button = event.target.closest('.show-file');
      if (!button || button.getAttribute('aria-disabled') === 'true') return;
      const holder = button.closest('.file');
      if (button.getAttribute('aria-expanded') === 'false') {
        show(holder, button);
        return;
      }
      empty(holder);
      mark(button, false);
    });
  };
})();
