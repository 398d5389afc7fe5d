import { getInput } from '@actions/core';
import { fromAction } from './arguments.ts';
import { endOnSignals } from './edges/ending.ts';
import { actionReport } from './edges/report-action.ts';
import { main } from './main.ts';

endOnSignals();
process.exitCode = await main(() => fromAction((name) => getInput(name)), actionReport());
