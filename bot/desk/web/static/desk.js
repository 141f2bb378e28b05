// The desk's own script: each part looks after one thing and survives without the others.
import { startAttach } from "./js/attach.js";
import { startBoard } from "./js/board.js";
import { startClocks } from "./js/clocks.js";
import { startCounters } from "./js/counters.js";
import { startDialogs } from "./js/dialogs.js";
import { startDrawing } from "./js/drawing.js";
import { startEarly } from "./js/early.js";
import { startKeys } from "./js/keys.js";
import { startLive } from "./js/live.js";
import { startNotes } from "./js/notes.js";
import { startReady } from "./js/ready.js";
import { startPractice } from "./js/practice.js";
import { startReply } from "./js/reply.js";
import { startThread } from "./js/thread.js";
import { startTranslate } from "./js/translate.js";
import { startTyping } from "./js/typing.js";
import { startUndo } from "./js/undo.js";
import { startVeils } from "./js/veils.js";

// First, before a part puts a draft into its box.
startEarly();
startAttach();
startBoard();
startClocks();
startCounters();
startDialogs();
startDrawing();
startKeys();
startLive();
startThread();
startPractice();
startReply();
startUndo();
startReady();
startNotes();
startTyping();
startTranslate();
startVeils();
