// A control sequence of a terminal: escape (or any other control that is not white space) and what belongs to it.
const SEQUENCES = /(?![\t\n\r])\p{Cc}(?:\[[0-?]*[ -/]*[@-~]|\][^\p{Cc}]*)/gu;
const CONTROLS = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Gives untrusted output without terminal escapes, control characters and text-direction overrides; keeps tabs and line ends. */
export function printable(text: string): string {
  return text.replaceAll(SEQUENCES, '').replaceAll(CONTROLS, '');
}
