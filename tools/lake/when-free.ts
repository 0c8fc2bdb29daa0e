// A request to a function whose runs at once are limited: AWS Lambda refuses it while other runs hold all of them.
import { setTimeout } from 'node:timers/promises';
import { TooManyRequestsException } from '@aws-sdk/client-lambda';
import { ToolError } from '../command-line';

export interface Surroundings {
  /** Waits for milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** Prints a line beside the result. */
  readonly progress: (line: string) => void;
}

const terminal: Surroundings = { pause: (milliseconds) => setTimeout(milliseconds), progress: (line) => console.error(line) };

/** Time in milliseconds after which a run that holds a place ends: the timeout of the functions of the lake. */
const longestRun = 15 * 60_000;

/** Pause between two requests, in milliseconds. Waiting events take places, too: a place that is free is soon held. */
const between = 5_000;

/**
 * Repeats a request while AWS Lambda refuses it, for as long as a run lasts. A refused request has started no run, so
 * its repetition does nothing twice; any other error ends the requests.
 *
 * @param name name of the function, for messages
 * @param surroundings others are for tests. @default the terminal
 * @throws ToolError if no run was free in that time
 */
export async function whenFree<T>(name: string, request: () => Promise<T>, surroundings: Surroundings = terminal): Promise<T> {
  const { pause, progress } = surroundings;
  const most = longestRun / between;
  for (let refused = 0; ; refused++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof TooManyRequestsException)) throw error;
      if (refused === most) {
        throw new ToolError(
          `${name}: expected a free run within ${longestRun / 60_000} minutes, got ${error.Reason ?? error.name} each time; exports hold all runs of the function, repeat the command when fewer days are due (runbook: LakeExportLate)`,
        );
      }
      if (refused === 0) progress(`${name}: all runs at once are in use; the request is repeated for up to ${longestRun / 60_000} minutes`);
      await pause(between);
    }
  }
}
