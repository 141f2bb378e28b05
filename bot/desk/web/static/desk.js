// The desk's own script: each part looks after one thing and survives without the others.
import { startBoard } from "./js/board.js";
import { startClocks } from "./js/clocks.js";
import { startCounters } from "./js/counters.js";
import { startDialogs } from "./js/dialogs.js";
import { startDrawing } from "./js/drawing.js";
import { startKeys } from "./js/keys.js";
import { startLive } from "./js/live.js";
import { startReply } from "./js/reply.js";
import { startThread } from "./js/thread.js";

startBoard();
startClocks();
startCounters();
startDialogs();
startDrawing();
startKeys();
startLive();
startThread();
startReply();
