// The schema of one deployment's configuration file. Every key has a description and, where it can be safe, a default.
import { z } from 'zod';
import { accessSettings } from './access-settings';
import { alarmSettings } from './alarm-settings';
import { collectionSettings } from './collection-settings';
import { edgeSettings } from './edge-settings';
import { cidr, textLike } from './forms';
import { isShared } from './shared-domains';

/** Regions of the European Union that have at least three zones and every service the stack uses. */
export const europeanRegions = ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'] as const;

/** The region of production: the document names the place of servers that hold data. (TOM-2.1) */
export const productionRegion = 'eu-west-3' satisfies (typeof europeanRegions)[number];

const region = z.enum(europeanRegions);

/**
 * A host name of at least two labels in lower case; a leading dot adds all names below it. The last label begins with
 * a letter.
 */
const domain = textLike(
  /^(?=.{4,253}$)\.?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/,
  'a domain in lower case such as example.com or .example.com, without * and not an address',
).refine((name) => !isShared(name), { error: 'a domain whose subdomains have one owner, unlike amazonaws.com, github.io and co.uk' });

const network = z.strictObject({
  vpcCidr: cidr
    .default('10.64.0.0/16')
    .describe('Private IPv4 range of the VPC, /16 to /20. Once deployed it stays: CloudFormation refuses a change. (TOM-7.2)'),
  sharedNat: z
    .boolean()
    .default(false)
    .describe(
      'One NAT gateway for all zones instead of one in each. Outside production only; TOM-6.5 is then not met. Changing it replaces ' +
        'routes to the internet, and ends open connections.',
    ),
  firewall: z
    .boolean()
    .default(true)
    .describe(
      'AWS Network Firewall for outbound traffic, which passes only allowed domains. Always on in production. Turning it off deletes its ' +
        'logs. (TOM-6.6)',
    ),
  allowedDomains: z
    .array(domain)
    .default([])
    .describe(
      'Domains that servers may reach in addition to the AWS services of the region; a leading dot allows subdomains. Domains that ' +
        'assign subdomains to customers are not allowed; name the single hosts of a cloud provider. (TOM-6.6)',
    ),
  blockPublicAccess: z
    .boolean()
    .default(true)
    .describe(
      'VPC Block Public Access for the account and region: only the proxy subnets are reachable from the internet. ' +
        'Turn it off in all but one of the deployments that share an account and a region. (DSS-5.6.2)',
    ),
});

/**
 * Snapshot of a cluster; AWS Backup names its recovery points of Aurora in the same way ("Resource ARNs", AWS Backup
 * Developer Guide).
 */
const snapshot = textLike(
  /^arn:aws:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:[A-Za-z][A-Za-z0-9:-]{0,254}$/,
  'the ARN of a snapshot of a database cluster',
);
const hour = z.int().min(0).max(23);

const data = z.strictObject({
  instanceClass: z
    .enum(['db.serverless', 'db.t4g.medium', 'db.r7g.large', 'db.r7g.xlarge', 'db.r7g.2xlarge', 'db.r7g.4xlarge'])
    .default('db.serverless')
    .describe('Class of the database instances. `db.serverless` scales within `capacity`. Changing it fails over once.'),
  capacity: z
    .strictObject({
      minimum: z
        .number()
        .min(0.5)
        .max(64)
        .multipleOf(0.5)
        .default(2)
        .describe(
          'Minimum Aurora capacity units (2 GiB of memory each). Less than 2 costs less without load, and gives up cached pages and fast ' +
            'growth; AWS recommends 2 with Performance Insights, which is on and may keep an instance above a lower minimum. 0, a pause, ' +
            'is not possible with the proxy, which is billed for 8 units at least. (TOM-6.9)',
        ),
      maximum: z
        .number()
        .min(1)
        .max(256)
        .multipleOf(0.5)
        .default(16)
        .describe(
          'Maximum Aurora capacity units; bounds the cost, and the hits that the database takes. More than 128 needs a cluster on the ' +
            'newest platform, which a stop and start brings. (TOM-6.9)',
        ),
    })
    .prefault({})
    .describe('Bounds of each serverless instance, in steps of 0.5.'),
  readers: z
    .int()
    .min(0)
    .max(2)
    .default(1)
    .describe('Number of readers, each in another zone; one is promoted if the writer fails. At least 1 in production. (TOM-6.3)'),
  readerScaling: z
    .enum(['with-writer', 'independent'])
    // The cheaper one: a clause promises a standby in another zone, and no capacity. Nothing reads from it.
    .default('independent')
    .describe(
      'Capacity of readers of class `db.serverless`. `with-writer`: always that of the writer. `independent`: by their own load, within ' +
        '`capacity`. A standby without queries then costs the minimum, and after a failover it reaches the capacity of the former writer ' +
        'within minutes, in which hits wait in the stream. Either is a standby in another zone. (TOM-6.3)',
    ),
  storage: z
    .enum(['standard', 'io-optimized'])
    .default('standard')
    .describe(
      'Storage of the cluster. `io-optimized` bills no I/O, but about 1.3 times the capacity and 2.3 times the storage: it saves where I/O ' +
        'is more than about a quarter of the bill of the database, and changes no promise. It is an update without downtime: to ' +
        '`io-optimized` once in 30 days, to `standard` at any time. (TOM-5.5)',
    ),
  backupHour: hour.default(1).describe('Hour (UTC) of the daily snapshot; not maintenance.hour.'),
  maintenance: z
    .strictObject({
      day: z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']).default('sun').describe('Day of the week (UTC).'),
      hour: hour.default(3).describe('Hour (UTC).'),
    })
    .prefault({})
    .describe('Hour of the week in which AWS may patch the database.'),
  keepMonths: z
    .int()
    .min(2)
    .max(120)
    .default(25)
    .describe('Whole months that hits are kept after the month of the hit; older ones are removed from the lake and the database.'),
  hotDays: z
    .int()
    .min(32)
    .max(400)
    .default(35)
    .describe(
      'Whole days that hits stay in the database after the day of the hit; older ones are in the lake alone. ' +
        'At least 32, since dead letters are replayed for 30 days and late hits accepted for 28, and at most keepMonths.',
    ),
  restoreFrom: z
    .strictObject({
      home: snapshot.optional().describe('Snapshot in the home region.'),
      recovery: snapshot.optional().describe('Snapshot in the recovery region.'),
    })
    .prefault({})
    .describe(
      'Snapshot or recovery point from which the database of a site is created. Setting, changing or removing it replaces the database: ' +
        'once set, keep it. (DSS-5.5.1)',
    ),
  lakeHeld: z
    .strictObject({
      home: z.boolean().default(false).describe('The lake of the home site.'),
      recovery: z.boolean().default(false).describe('The lake of the recovery site.'),
    })
    .prefault({})
    .describe(
      'Whether the lake of a site rests: no schedule starts its export or its upkeep, and runs change nothing but what an operator requests. ' +
        '`npm run recover` sets it before it restores the database, and unsets it once erasures are repeated and the catalogue is ' +
        'reconciled. While it is set, TOM-7.1 and DSS-4.2 are not met. (DSS-4.2, DSS-5.5.1)',
    ),
  generated: z
    .strictObject({
      sites: z.int().min(1).max(10_000).default(20).describe('Number of sites.'),
      hitsPerSite: z.int().min(0).max(100_000).default(1000).describe('Number of hits of each site.'),
      seed: z.int().min(0).max(9_999_999).default(1).describe('Seed of the generator; the same seed generates the same data.'),
    })
    .prefault({})
    .describe('Generated data of staging and development, which contain no other data. No effect in production. (TOM-7.4)'),
});

const audit = z.strictObject({
  retentionDays: z
    .int()
    .min(365)
    .max(3650)
    .default(400)
    .describe('Days that audit records are locked in the archive and cannot be deleted by anyone. (TOM-3.6)'),
  logRetentionDays: z
    .literal([90, 120, 150, 180, 365, 400, 545, 731])
    .default(400)
    .describe(
      'Days that log groups keep their records; one of the values that CloudWatch Logs accepts. The log of the firewall has addresses, and is kept for 90 days. (TOM-3.6, TOM-4.13)',
    ),
});

const backup = z.strictObject({
  retentionDays: z.literal(30).default(30).describe('Days that backups are kept: exactly 30. (TOM-6.7, DSS-5.4.3)'),
  hour: hour
    .default(4)
    .describe(
      'Hour (UTC) of a backup into the vault and of its copy; another one begins 12 hours later. Neither hour is data.backupHour or ' +
        'maintenance.hour, or the hour before one of them. (DSS-5.4.2, DSS-5.5.2)',
    ),
  homeAnswers: z
    .boolean()
    .default(false)
    .describe(
      'Whether the home region answers while the deployment runs in its recovery region, which then copies its backups there. No effect ' +
        'at home. Until it is set, a recovered site has no copies, and DSS-5.4.2 is not met. Unsetting it leaves the key and a vault with ' +
        'copies behind. (DSS-5.4.2, TOM-2.1)',
    ),
});

export const settingsSchema = z.strictObject({
  environment: z
    .enum(['production', 'staging', 'development'])
    .describe(
      'Purpose of the deployment. Production keeps every promise; other environments may relax the promises that this file names. ' +
        'Changing it replaces the servers one by one, and deletes the generator of data with its log where it becomes production. (TOM-7.3)',
    ),
  // The characters that every service accepts in the value of a tag ("Tag naming limits and requirements", AWS General
  // Reference); a comma is none of them.
  owner: textLike(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,61}[A-Za-z0-9._-]$/,
    '2 to 63 letters, digits, spaces and . _ - with a letter or digit first and no space last',
  ).describe(
    'The team responsible for the deployment; the owner tag of every resource that can change its tags. No personal names. Changing it ' +
      'replaces the servers one by one.',
  ),
  region: region
    .default(productionRegion)
    .describe(
      'Region of the servers that hold data, in the EU; in production eu-west-3, Paris. Changing it creates a new deployment. (TOM-2.1)',
    ),
  recoveryRegion: region
    .default('eu-central-1')
    .describe(
      'Region that receives backup copies and in which the deployment is recovered; in the EU and not the home region. Changing it makes ' +
        'the next recovery a new deployment there. (TOM-2.1)',
    ),
  account: textLike(/^\d{12}$/, 'twelve digits in quotes')
    .optional()
    .describe(
      'AWS account of the deployment, twelve digits in quotes; production shares it with no other environment. ' +
        'Without it, the account of the current credentials. Another account is a new deployment. (TOM-7.3)',
    ),
  network: network.prefault({}).describe('Addresses, outbound routes and firewalls.'),
  access: accessSettings.prefault({}).describe('Access of administrators to servers, and its time limits.'),
  data: data.prefault({}).describe('The database and its content.'),
  edge: edgeSettings.prefault({}).describe('Access to the deployment from the internet.'),
  collection: collectionSettings.prefault({}).describe('Collection and storage of hits.'),
  alarms: alarmSettings.prefault({}).describe('Texts of alarms.'),
  audit: audit.prefault({}).describe('Retention of audit records.'),
  backup: backup.prefault({}).describe('Daily backups, their copies and their retention.'),
});

/** The configuration of one deployment, checked and with its defaults filled in. */
export type Settings = z.output<typeof settingsSchema>;
