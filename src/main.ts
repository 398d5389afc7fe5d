import type { Inputs } from './arguments.ts';
import { dispatch } from './dispatch.ts';
import type { Report } from './edges/report.ts';
import { Failure } from './failure.ts';
import type { ExitCode } from './failure.ts';

/** Composition root: inputs → command → result → exit code. The only place that catches. */
export async function main(read: () => Inputs, report: Report): Promise<ExitCode> {
  try {
    const inputs = read();
    const result = await dispatch(inputs, report);
    await report.result(result, inputs.json);
    return result.exit;
  } catch (error) {
    if (error instanceof Failure) {
      report.failure(error.message, error.hint);
      return error.exit;
    }
    report.failure(
      error instanceof Error ? (error.stack ?? error.message) : String(error),
      'this is a bug of GlacioCloud: please report it with the lines above',
    );
    return 1;
  }
}
