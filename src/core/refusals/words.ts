import { objectOf } from '../json.ts';
import { readRefusals } from './read.ts';
import { quote, refusalsText } from './refusal.ts';
import { withoutRepeated } from './repeated.ts';

/** Why something did not end well, and what to do where that is known. */
export interface Why {
  text: string;
  /** Empty where nobody knows. */
  cure: string;
}

/** kubectl adds it when what it ran in the pod has ended badly: without it, kubectl speaks for itself. */
const ENDED = /^command terminated with exit code \d+$/gmu;

/** Why a script in a pod brought nothing: its own last line, or what kubectl refused. What it reported is not why. */
export function scriptRefusal(stderr: string): Why {
  const lines = stderr.split('\n').filter((line) => objectOf(line) === undefined);
  const said = lines.join('\n');
  const ownWords = said.replaceAll(ENDED, '');
  if (ownWords !== said) return { text: lastWords('the script', ownWords), cure: '' };
  const all = readRefusals('kubectl', said);
  return { text: refusalsText(all), cure: all[0].cure };
}

/** The last line of a log, as the words of whoever wrote it. */
export function lastWords(who: string, log: string): string {
  const last = withoutRepeated(log)
    .split('\n')
    .findLast((line) => line.trim() !== '');
  return last === undefined ? `${who} does not say why` : `${who} says ${quote(last)}`;
}

/** A message that Kubernetes has left on an object or in an event. */
export function messageText(message: string): string {
  return refusalsText(readRefusals('Kubernetes', message));
}
