// npm run twin: runs the moving parts of the stack on this machine until Ctrl-C.
import { runTool } from './command-line';
import { twinFlags, twinUsage } from './twin/options';
import { runTwin } from './twin/run';

runTool({ usage: twinUsage, options: { ...twinFlags, json: { type: 'boolean', default: false } } }, runTwin);
