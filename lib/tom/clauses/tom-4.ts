// TOM, chapter 4: access to customers' data.

import { losslessCollectors } from '../rules/collection/lossless-collectors';
import { databaseAuditLog } from '../rules/database/database-audit-log';
import { databaseIsolation } from '../rules/database/database-isolation';
import { migrationsDeployed } from '../rules/database/migrations-deployed';
import { staffSignIn } from '../rules/database/staff-sign-in';
import { bucketPublicAccess } from '../rules/deployment/bucket-public-access';
import { noSharedBackups } from '../rules/deployment/no-shared-backups';
import { cloudflareOnly } from '../rules/edge/cloudflare-only';
import { edgeLogging } from '../rules/edge/edge-logging';
import { firewallLogAddresses } from '../rules/edge/firewall-log-addresses';
import { landedLogs } from '../rules/edge/landed-logs';
import { landingBucket } from '../rules/edge/landing-bucket';
import { strictRequests } from '../rules/edge/strict-requests';
import { webFirewall } from '../rules/edge/web-firewall';
import { oneSiteOfLake } from '../rules/lake/one-site';
import { flowRecordAddresses } from '../rules/network/flow-record-addresses';
import { networkAcls } from '../rules/network/network-acls';
import { dataBuckets } from '../rules/storage/data-buckets';
import { keptBucketPolicies } from '../rules/storage/kept-bucket-policies';
import type { Chapter } from './chapters';
import { hitsAtCloudflare } from './cloudflare';

export const tom4: Chapter<'TOM-4'> = {
  'TOM-4.1': {
    title: 'Customers share databases that are separated logically',
    promise:
      'Every table that belongs to a site is under row-level security, and a session that names no site sees no row. Migrations are part ' +
      'of the deployment, and the role of the application cannot bypass row-level security. This is proven on a real PostgreSQL. Files of ' +
      'the lake are read and written in sessions whose permissions reach the objects of one site.',
    kind: 'technical',
    rules: [migrationsDeployed, oneSiteOfLake],
    provenBy: [
      'test/database/isolation.test.ts',
      'test/tools/rehearse/lake-sessions.test.ts',
      'test/database/lake-access.test.ts',
      'test/runtime/lake/hits.test.ts',
      'test/database/catalog.test.ts',
      'test/database/side-channels.test.ts',
      'test/database/server-views.test.ts',
      'test/runtime/role-itself.test.ts',
      'test/lambda/database/migrations/migrate.test.ts',
    ],
  },
  'TOM-4.2': {
    title: 'Data is reached through the web interface only',
    promise:
      'Databases are in isolated subnets and accept connections from the named application tiers only. None has a public endpoint, and ' +
      'none is shared with another account.',
    kind: 'technical',
    rules: [databaseIsolation, noSharedBackups, bucketPublicAccess, keptBucketPolicies, networkAcls],
    awaits: ['portal: web interface, by which people reach data'],
  },
  'TOM-4.3': {
    title: 'Access is granted to individuals, who verify their e-mail address',
    promise:
      'Accounts are individual and their e-mail address is verified by the user directory. An account is created by invitation only, ' +
      'unless the site opens registration.',
    kind: 'technical',
    awaits: ['portal: user directory that verifies e-mail addresses, by invitation unless a site opens registration'],
  },
  'TOM-4.4': {
    title: "Users' passwords have at least 9 characters, with a number, a capital and a special character",
    promise: 'The user directory requires passwords of at least 9 characters, with at least 1 number, 1 capital and 1 special character.',
    kind: 'technical',
    awaits: ['portal: password policy of the user directory'],
  },
  'TOM-4.5': {
    title: "Users' passwords differ from the last 10",
    promise: "The user directory rejects a new password that is one of the user's last 10.",
    kind: 'technical',
    awaits: ['portal: password history of the user directory'],
  },
  'TOM-4.6': {
    title: "Users' passwords are renewed every 3 months at most",
    promise: 'A user who signs in with a password older than 90 days must change it before anything else.',
    kind: 'technical',
    awaits: ['portal: forced change of passwords older than 90 days at sign-in'],
  },
  'TOM-4.7': {
    title: 'Access rights are differentiated',
    promise:
      'Roles in the user directory map to rights. Each request is authorised by the role and the site of the person who makes it, and ' +
      'a request without a right is denied. Support staff and auditors sign in to the database by one function, each as a role of their ' +
      'own that lasts until a day: support reads a site for an hour after stating a reason, and auditors read the logs.',
    kind: 'technical',
    rules: [staffSignIn],
    provenBy: [
      'test/database/staff.test.ts',
      'test/runtime/staff/caller.test.ts',
      'test/lambda/database/staff-reads/handler.test.ts',
      'test/lambda/database/staff-reads/read.test.ts',
    ],
    awaits: ['portal: roles of the user directory and their rights', 'portal: authorisation of each request by role and site'],
  },
  'TOM-4.8': {
    title: 'All accesses are logged',
    promise: 'Each access is recorded with person, site, action, time, source and outcome, in an append-only log.',
    kind: 'technical',
    rules: [databaseAuditLog, dataBuckets, staffSignIn],
    provenBy: ['test/database/logs.test.ts', 'test/lambda/database/staff-reads/read.test.ts'],
    awaits: ['portal: record of each request of the web interface'],
  },
  'TOM-4.9': {
    title: 'All modifications are logged',
    promise:
      'Each change of a row is recorded with the row before and after and the person who changed it, in a table that is append-only for ' +
      'the role of the application. Incoming hits are recorded by batch, with their count, since each hit is its own record; a ' +
      'partition that leaves is one entry. This is proven on a real PostgreSQL.',
    kind: 'technical',
    rules: [migrationsDeployed],
    provenBy: ['test/database/logs.test.ts', 'test/database/catalog.test.ts'],
  },
  'TOM-4.10': {
    title: 'Deletion is logical',
    promise: 'The role of the application has no DELETE privilege. A deletion marks the row, hides it from the application and is logged.',
    kind: 'technical',
    rules: [migrationsDeployed],
    provenBy: ['test/database/deletion.test.ts', 'test/database/catalog.test.ts'],
  },
  'TOM-4.11': {
    title: 'A web application firewall protects every public entry',
    promise:
      'Every public entry is behind a web application firewall with managed rule groups, rate rules and logging. Where an outer CDN and ' +
      'firewall (Cloudflare) is declared, the origins admit only its address ranges and its client certificate.',
    kind: 'technical',
    rules: [webFirewall, edgeLogging, strictRequests, cloudflareOnly],
    keptOutside: hitsAtCloudflare,
  },
  'TOM-4.12': {
    title: 'Forms are protected against CSRF',
    promise:
      'Requests from another site that would change state are refused at the edge. The session cookie is SameSite, and the application ' +
      'checks the origin and a token. This is proven with a real browser.',
    kind: 'technical',
    awaits: [
      'edge: refusal of state-changing requests from other sites',
      'portal: SameSite session cookie, check of origin and token, proven with a real browser',
    ],
  },
  'TOM-4.13': {
    title: 'Collected data can be pseudonymous: addresses obfuscated, personal data hashed with SHA-256',
    promise:
      'As each site configures, addresses are truncated (IPv4 to /24, IPv6 to /48) or replaced by a keyed SHA-256 hash, and the named ' +
      'fields are hashed with SHA-256 under a key of the site, before hits are stored. The load balancer logs requests before a ' +
      'collector receives them, unchanged, to a bucket that one function reads: within minutes it stores the lines of hits with truncated ' +
      'addresses and without query strings, and removes the original, which exists for a day or two if it fails. Whole addresses of ' +
      'requests that the edge refuses, and of requests other than hits, are kept for 90 days. The log of the firewall has refused ' +
      'requests only. Flow records of the proxies have no addresses.',
    kind: 'technical',
    rules: [losslessCollectors, landedLogs, landingBucket, firewallLogAddresses, flowRecordAddresses],
    provenBy: [
      'test/runtime/pseudonymisation.test.ts',
      'test/services/collector/hits/taken.test.ts',
      'test/lambda/edge/log-redaction/lines.test.ts',
      'test/lambda/edge/log-redaction/redact-object.test.ts',
    ],
    // AWS keeps samples for three hours, and its data protection cannot replace their address ("Data protection").
    awaits: ['edge: samples of the web application firewall without the addresses of visitors'],
  },
};
