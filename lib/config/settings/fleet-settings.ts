// The part of `collection` for the fleet: the type, number and schedule of the servers that collect hits.
import { z } from 'zod';

/**
 * Graviton of the current generations, each offered in all zones of every European region of the schema, so that a
 * deployment can be recovered with the type it has: M8g (Graviton4) and C7g (Graviton3). C8g is not among them: Paris
 * does not have it, and Milan only in two zones (EC2 DescribeInstanceTypeOfferings, 2026). A type that a region lacks
 * can fail the whole request of a fleet ("Setup overview for creating a mixed instances group", regional
 * availability). No type has disks of its own, which would stand beside those of EBS: types with an instance store end
 * in `gd`. All are Nitro, show EBS volumes as NVMe devices and can be dedicated.
 */
const instanceTypes = [
  'm8g.medium',
  'm8g.large',
  'm8g.xlarge',
  'm8g.2xlarge',
  'm8g.4xlarge',
  'c7g.large',
  'c7g.xlarge',
  'c7g.2xlarge',
  'c7g.4xlarge',
] as const;

/**
 * Maximum number of servers of a fleet, within the targets of one load balancer: 1,000 ("Quotas for your Application
 * Load Balancers").
 */
const mostServers = 300;
const serverCount = (least: number) => z.int().min(least).max(mostServers);

/** A field of numbers, lists, ranges and steps ("Scheduled scaling", recurrence). */
function cronField(number: string): string {
  const item = `(?:${number})(?:-(?:${number}))?`;
  return `(?:\\*|${item})(?:/[1-9]\\d?)?(?:,${item})*`;
}
/** Minute, hour, day of the month, month, day of the week. */
const fields = ['[1-5]?\\d', '1?\\d|2[0-3]', '[1-9]|[12]\\d|3[01]', '[1-9]|1[0-2]', '[0-7]'];
const cron = new RegExp(`^${fields.map(cronField).join(' ')}$`);
const cronExpected = 'five fields in digits: minute, hour, day, month and day of the week, as in 30 18 * * 5';
const nameExpected = '2 to 31 lower-case letters, digits and hyphens, a letter first';

const scheduled = z.strictObject({
  name: z
    .string({ error: nameExpected })
    .regex(/^[a-z][a-z0-9-]{1,30}$/, { error: nameExpected })
    .describe('Short name of the action, in kebab-case, unique among the actions.'),
  cron: z
    .string({ error: cronExpected })
    .regex(cron, { error: cronExpected })
    .describe('Schedule in UTC: minute, hour, day of the month, month and day of the week.'),
  minimum: serverCount(2).describe('Minimum number of servers until the next scheduled action.'),
});

/** Settings of the collector fleet. */
export const fleetSettings = {
  instanceTypes: z
    .array(z.enum(instanceTypes))
    .min(1)
    .max(4)
    .default(['m8g.large', 'c7g.large'])
    .describe(
      'Instance types of the servers, all of one size, in order of preference: where a zone has no capacity for a type, the next one is ' +
        'launched. At least 2 in production. The first default type has the newest processor that every region offers. Changing ' +
        'them replaces the servers one by one. (TOM-6.1)',
    ),
  servers: z
    .strictObject({
      minimum: serverCount(2)
        .default(3)
        .describe('Minimum number of servers, at least 2. With 3, two zones still have a server when one zone is lost. (TOM-6.1, TOM-6.3)'),
      maximum: serverCount(2).default(40).describe('Maximum number of servers; limits the cost of the fleet. (TOM-6.9)'),
    })
    .prefault({})
    .describe('Bounds of the fleet. (TOM-6.1, TOM-6.9)'),
  requestsPerServerPerSecond: z
    .int()
    .min(10)
    .max(100_000)
    .default(4000)
    .describe('Target for the average number of requests per second and server; the fleet scales to keep it. (TOM-6.9)'),
  disks: z
    .strictObject({
      count: z
        .literal([2, 4])
        .default(2)
        .describe('Number of data disks of a server: 2 are mirrored, 4 are striped over two mirrors. (TOM-6.2)'),
      gibibytes: z.int().min(10).max(4096).default(100).describe('Size of each disk in GiB.'),
    })
    .prefault({})
    .describe('Data disks of each server. Changing them replaces the servers one by one. (TOM-6.2)'),
  spoolLimitPercent: z
    .int()
    .min(10)
    .max(90)
    .default(80)
    .describe(
      'Share of the mirrored disk, in percent, for hits that the stream has not accepted yet; beyond it the collector returns 503. ' +
        'Changing it replaces the servers one by one.',
    ),
  commitDelayMilliseconds: z
    .int()
    .min(0)
    .max(100)
    .default(5)
    .describe(
      'Longest time, in milliseconds, that a hit waits for others in the same write to the disk. Changing it replaces the servers one by one.',
    ),
  scheduled: z
    .array(scheduled)
    .max(100)
    .default([])
    .describe('Scheduled changes of the minimum number of servers, for traffic that is expected. (TOM-6.9)'),
  predictive: z
    .boolean()
    .default(false)
    .describe('Forecasts the traffic from the last two weeks and starts servers ahead of it. (TOM-6.9)'),
  warmPool: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe('Number of initialized, stopped servers that can start in less than a minute. Their disks are billed. (TOM-6.9)'),
  dedicatedTenancy: z
    .boolean()
    .default(false)
    .describe('Servers on hardware that no other AWS customer uses. Changing it replaces the servers one by one. (DSS-5.6.4)'),
} as const;
