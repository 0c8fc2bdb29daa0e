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
 * Most servers of a fleet: within the targets of one load balancer ("Quotas for your Application Load Balancers":
 * 1,000).
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
    .describe('Short name of the action, in kebab-case; no other action has it.'),
  cron: z
    .string({ error: cronExpected })
    .regex(cron, { error: cronExpected })
    .describe('When, in UTC: minute, hour, day of the month, month and day of the week.'),
  minimum: serverCount(2).describe('Least servers from then on, until another action says otherwise.'),
});

/** Settings of the collector fleet. */
export const fleetSettings = {
  instanceTypes: z
    .array(z.enum(instanceTypes))
    .min(1)
    .max(4)
    .default(['m8g.large', 'c7g.large'])
    .describe(
      'Types of the servers, all of one size, the wanted one first: the next is taken where a zone has run out of it. At least 2 in ' +
        'production. The first of the default has the newest processor that every region has. Changing them replaces the servers one ' +
        'by one. (TOM-6.1)',
    ),
  servers: z
    .strictObject({
      minimum: serverCount(2)
        .default(3)
        .describe('Least servers, at least 2; 3 leave two zones of three when one is lost. (TOM-6.1, TOM-6.3)'),
      maximum: serverCount(2).default(40).describe('Most servers; bounds what the fleet can cost. (TOM-6.9)'),
    })
    .prefault({})
    .describe('Bounds of the fleet. (TOM-6.1, TOM-6.9)'),
  requestsPerServerPerSecond: z
    .int()
    .min(10)
    .max(100_000)
    .default(4000)
    .describe('Requests a second of one server, on average, that the number of servers follows. (TOM-6.9)'),
  disks: z
    .strictObject({
      count: z.literal([2, 4]).default(2).describe('Data disks of a server: 2 are mirrored, 4 are striped over two mirrors. (TOM-6.2)'),
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
      'Part of the mirrored disk that hits may fill before the stream has taken them; beyond it they are answered 503. Changing ' +
        'it replaces the servers one by one.',
    ),
  commitDelayMilliseconds: z
    .int()
    .min(0)
    .max(100)
    .default(5)
    .describe(
      'Longest wait of a hit for others to be written to the disk with, in milliseconds. Changing it replaces the servers one by one.',
    ),
  scheduled: z
    .array(scheduled)
    .max(100)
    .default([])
    .describe('When the least number of servers changes, for traffic known beforehand. (TOM-6.9)'),
  predictive: z
    .boolean()
    .default(false)
    .describe('Forecasts the traffic from the last two weeks and starts servers ahead of it. (TOM-6.9)'),
  warmPool: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe('Servers that are set up and stopped, ready to be started in less than a minute. Their disks are paid for. (TOM-6.9)'),
  dedicatedTenancy: z
    .boolean()
    .default(false)
    .describe('Servers on hardware that no other AWS customer uses. Changing it replaces the servers one by one. (DSS-5.6.4)'),
} as const;
