import { fromArguments } from './arguments.ts';
import { terminalReport } from './edges/report.ts';
import { main } from './main.ts';

process.exitCode = await main(() => fromArguments(process.argv.slice(2)), terminalReport());
