import type { Markdown } from '../../escape.ts';

/** What a form of ours begins with. */
export const FORM_HEAD =
  '# Written by `glaciocloud access forms` from platform.yaml and environments/.\n';

export const RULES_LABEL = 'Rules';

export const AGREED =
  'I use the hub for research or teaching, and keep my own copies of what matters.';

export function words(value: Markdown): string {
  return `  - type: markdown
    attributes:
      value: ${JSON.stringify(value.text)}`;
}

/** Quoted: YAML takes some words for something else. */
export function dropdown(id: string, label: string, options: readonly string[]): string {
  return `  - type: dropdown
    id: ${id}
    attributes:
      label: ${label}
      options: [${options.map((option) => JSON.stringify(option)).join(', ')}]
    validations:
      required: true`;
}

/** One line. */
export function input(id: string, label: string, description: string): string {
  return `  - type: input
    id: ${id}
    attributes:
      label: ${label}
      description: ${description}
    validations:
      required: true`;
}

export function rules(): string {
  return `  - type: checkboxes
    id: rules
    attributes:
      label: ${RULES_LABEL}
      options:
        - label: ${AGREED}
          required: true`;
}

export function text(id: string, label: string, description: string): string {
  return `  - type: textarea
    id: ${id}
    attributes:
      label: ${label}
      description: ${description}
    validations:
      required: true`;
}
