/** Controls, halves of characters, separators of lines, and what turns the direction of text around. */
const HIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Whether a text holds nothing that shows it as another one; lines and tabs are fine. */
export function isPlain(text: string): boolean {
  return !HIDDEN.test(text.replaceAll(/[\n\t]/gu, ''));
}
