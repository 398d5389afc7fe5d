import { getInput } from '@actions/core';
import { actionReport } from './edges/report-action.ts';
import { fromAction } from './inputs.ts';
import { main } from './main.ts';

process.exitCode = await main(() => fromAction((name) => getInput(name)), actionReport());
