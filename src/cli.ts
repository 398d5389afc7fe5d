import { fromArguments } from './arguments.ts';
import { endOnSignals } from './edges/ending.ts';
import { terminalReport } from './edges/report.ts';
import { main } from './main.ts';

endOnSignals();
process.exitCode = await main(() => fromArguments(process.argv.slice(2)), terminalReport());
