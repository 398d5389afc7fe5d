import { getInput } from '@actions/core';
import { fromAction } from './arguments.ts';
import { actionReport } from './edges/report-action.ts';
import { main } from './main.ts';

process.exitCode = await main(() => fromAction((name) => getInput(name)), actionReport());
