import * as core from '@actions/core';
import { oneLine, screen } from '../core/escape.ts';
import type { Finding } from '../core/finding.ts';
import { ANNOTATION_LIMIT } from '../core/model/limits.ts';
import type { Report } from './report.ts';

/** Annotations for the ten worst of each severity (GitHub shows no more), the rest in the summary. */
export function actionReport(): Report {
  return {
    progress: (text) => core.info(screen(text)),
    result: async (result) => {
      for (const severity of ['error', 'warning'] as const) {
        for (const finding of result.findings
          .filter((one) => one.severity === severity)
          .slice(0, ANNOTATION_LIMIT))
          annotate(finding);
      }
      core.info(screen(result.text));
      core.setOutput('result', JSON.stringify(result.json));
      for (const [name, value] of Object.entries(result.outputs)) core.setOutput(name, value);
      if (result.summary !== '' && process.env['GITHUB_STEP_SUMMARY'] !== undefined)
        await core.summary.addRaw(result.summary, true).write();
    },
    failure: (message, hint) => core.error(screen(`${message}. ${hint}`)),
  };
}

function annotate({ severity, at, rule, message, hint }: Finding): void {
  const text = oneLine(`${message}; ${hint}`);
  const properties = {
    title: oneLine(rule),
    file: oneLine(at.file),
    startLine: at.line,
    startColumn: at.column,
  };
  if (severity === 'error') core.error(text, properties);
  else core.warning(text, properties);
}
