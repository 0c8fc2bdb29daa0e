// npm run offboard: takes all access from a person who leaves.
import { setTimeout } from 'node:timers/promises';
import type { Site } from '../lib/config/site';
import { messageOf, Refusal } from '../runtime/vpn/refusal';
import { runTool, ToolError } from './command-line';
import { configuredSite } from './configured-site';
import { apply, plan, signLater } from './offboard/offboard';
import { checkVpnOptions, nextCommand, options, personOf, usage, type Values } from './offboard/options';
import { operatorOf, placesOf, recordKeyOf } from './offboard/parts';

runTool({ usage, options }, async (values) => {
  const site = configuredSite({ deployment: values.deployment ?? 'production' });
  const key = recordKeyOf(values, site);
  try {
    return values.sign === undefined ? await offboard(values, site, key) : await signLater(values.sign, key);
  } catch (error) {
    throw error instanceof Refusal ? new ToolError(messageOf(error)) : error;
  }
});

async function offboard(values: Values, site: Site, key: ReturnType<typeof recordKeyOf>): Promise<number> {
  const person = personOf(values, site.settings.access.signIn === 'identity-center');
  checkVpnOptions(values);
  const places = placesOf(values, site);
  const args = process.argv.slice(2).filter((argument) => argument !== '--apply');
  const offboarding = {
    ...{ person, site, places, key, out: values.out ?? '.', json: values.json === true },
    operator: await operatorOf(site),
    next: nextCommand([...args, '--apply']),
  };
  const surroundings = {
    now: () => new Date(),
    pause: (milliseconds: number) => setTimeout(milliseconds),
    progress: (line: string) => console.error(line),
  };
  return values.apply ? apply(offboarding, surroundings) : plan(offboarding, surroundings);
}
