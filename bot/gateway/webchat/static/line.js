/* The line to the server: connects again by itself, and keeps everything the person sent until the server says
   it has it. Whatever was not acknowledged is sent again with the same id, in order; the server knows ids it has had. */
(function () {
  'use strict';

  const SESSION_WAIT_MS = 15000;
  const ACK_WAIT_MS = 20000;
  const HELD_WAIT_MS = 180000;
  const STABLE_MS = 5000;
  const LONGEST_RETRY_S = 30;

  class Line {
    /**
     * @param {object[]} queue what an earlier page could not deliver, each with `id`
     * @param {object} owner hello(): the greeting; keepQueue(queue); receive(message); changed()
     */
    constructor(queue, owner) {
      this.queue = queue;
      this.owner = owner;
      this.socket = null;
      this.ready = false;
      this.failed = false;
      this.ended = false;
      this.held = false;
      this.attempts = 0;
      this.drop = this.drop.bind(this);
      this.connect = this.connect.bind(this);
    }

    connect() {
      clearTimeout(this.retryTimer);
      if (this.socket || this.ended) return;
      let socket;
      try {
        socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/chat/ws');
      } catch (error) {
        this.drop();
        return;
      }
      this.socket = socket;
      socket.onopen = () => this.greet();
      socket.onmessage = (event) => { if (socket === this.socket) this.hear(event.data); };
      socket.onclose = socket.onerror = () => { if (socket === this.socket) this.drop(); };
      this.sessionTimer = setTimeout(this.drop, SESSION_WAIT_MS);
    }

    reconnect() {
      if (this.ended) return;
      this.hangUp();
      this.attempts = 0;
      this.connect();
      this.owner.changed();
    }

    /** Keep an item until it is acknowledged; say it now if anybody listens. */
    send(item) {
      this.queue.push(item);
      this.owner.keepQueue(this.queue);
      if (this.ready) this.transmit(item);
      else this.connect();
      this.watchAck();
    }

    transmit(data) {
      if (this.socket && this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(data));
    }

    greet() {
      this.held = false;
      this.transmit(this.owner.hello());
    }

    isWaiting(id) {
      return this.queue.some((item) => item.id === id);
    }

    end() {
      this.ended = true;
      this.queue = [];
      clearTimeout(this.retryTimer);
      this.hangUp();
    }

    hear(data) {
      let message;
      try {
        message = JSON.parse(data);
      } catch (error) {
        return;
      }
      if (message.type === 'session') this.open();
      if (message.type === 'ack') this.acknowledge(message.id);
      this.owner.receive(message);
      this.owner.changed();
    }

    open() {
      clearTimeout(this.sessionTimer);
      this.ready = true;
      this.readySince = Date.now();
      this.failed = false;
      this.queue.forEach((item) => this.transmit(item));
      this.watchAck();
    }

    acknowledge(id) {
      // Something came through: on a line that keeps breaking, the next try need not wait long.
      this.attempts = 0;
      this.queue = this.queue.filter((item) => item.id !== id);
      this.owner.keepQueue(this.queue);
      this.watchAck();
    }

    watchAck() {
      clearTimeout(this.ackTimer);
      // A socket can look open for minutes after the phone lost its network; silence after sending tells.
      if (this.ready && this.queue.length) this.ackTimer = setTimeout(this.drop, this.held ? HELD_WAIT_MS : ACK_WAIT_MS);
    }

    /** The server has said that it takes its time. */
    beHeld(on) {
      this.held = on;
      this.watchAck();
    }

    drop() {
      // Only a connection that held counts as success: a server that greets and falls over must not be hammered.
      if (this.ready && Date.now() - this.readySince > STABLE_MS) this.attempts = 0;
      this.hangUp();
      if (this.ended) return;
      this.failed = true;
      const longest_s = Math.min(LONGEST_RETRY_S, Math.pow(2, this.attempts));
      this.attempts += 1;
      clearTimeout(this.retryTimer);
      this.retryTimer = setTimeout(this.connect, longest_s * 1000 * (0.5 + Math.random() / 2));
      this.owner.changed();
    }

    hangUp() {
      clearTimeout(this.sessionTimer);
      clearTimeout(this.ackTimer);
      const socket = this.socket;
      this.socket = null;
      this.ready = false;
      if (!socket) return;
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close(1000);
    }
  }

  window.ChatLine = Line;
})();
