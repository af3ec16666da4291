// Goes on into the meeting when the way in opens. Without this script the page asks again from time to time.
const LONGEST_WAIT = 24 * 3600; // seconds
const opensIn = Number(document.currentScript.dataset.opensIn) + 1;
setTimeout(() => location.reload(), Math.min(opensIn, LONGEST_WAIT) * 1000);
