// TOM, chapter 5: transfer of data.

import { clientVpn } from '../rules/access/client-vpn';
import { managementVpn } from '../rules/access/management-vpn';
import { collectorsBehindProxies } from '../rules/collection/collectors-behind-proxies';
import { losslessCollectors } from '../rules/collection/lossless-collectors';
import { databaseTls } from '../rules/database/database-tls';
import { bucketPublicAccess } from '../rules/deployment/bucket-public-access';
import { encryptionAtRest } from '../rules/deployment/encryption-at-rest';
import { tlsOnly } from '../rules/deployment/tls-only';
import { tlsPolicy } from '../rules/edge/tls-policy';
import { keyGrants } from '../rules/encryption/key-grants';
import { keyRotation } from '../rules/encryption/key-rotation';
import { hitArchive } from '../rules/ingest/hit-archive';
import { hitStream } from '../rules/ingest/hit-stream';
import type { Chapter } from './chapters';

export const tom5: Chapter<'TOM-5'> = {
  'TOM-5.1': {
    title: 'Web data is collected over HTTP',
    promise: 'Collectors behind the load balancer receive web data over HTTP.',
    kind: 'technical',
    rules: [hitStream, hitArchive, collectorsBehindProxies, losslessCollectors],
    provenBy: ['test/lambda/ingest/ingest/process.test.ts', 'test/runtime/counted-once.test.ts', 'test/services/collector/program.test.ts'],
  },
  'TOM-5.2': {
    title: 'Data is transferred by API',
    promise: 'An API receives and returns data. Its callers are authenticated, limited in rate and logged.',
    kind: 'technical',
    awaits: ['portal: API that authenticates, limits and logs its callers'],
  },
  'TOM-5.3': {
    title: 'Data is transferred by SFTP',
    promise:
      'Files are transferred over a managed SFTP server that accepts keys only, from listed addresses only, with one home folder for ' +
      'each site. Plain FTP exists inside the VPN only.',
    kind: 'technical',
    awaits: ['transfer: SFTP by keys from listed addresses, one home folder for each site', 'transfer: plain FTP inside the VPN only'],
  },
  'TOM-5.4': {
    title: 'Data is never sent by e-mail',
    promise: 'No function that handles data may send mail. Notices that people receive carry links, never data.',
    kind: 'technical',
    awaits: ['watch: notices that carry links only', 'data: functions that handle data and may not send mail'],
  },
  'TOM-5.5': {
    title: 'Critical data is encrypted',
    promise:
      'Every store, stream, queue, topic, log group, disk and secret is encrypted with a customer-managed key with automatic rotation. ' +
      'Two are encrypted with a key of AWS, because they support no other: the bucket in which the load balancer lands its logs, for ' +
      'minutes, and the secret in which Site-to-Site VPN keeps the keys of its tunnels.',
    kind: 'technical',
    rules: [encryptionAtRest, keyRotation, keyGrants, hitArchive],
  },
  'TOM-5.6': {
    title: 'Connections to servers are tunnelled through VPN',
    promise:
      'The infrastructure manager connects through a Site-to-Site VPN and the IT team through Client VPN, as TOM-3.1 and TOM-3.2 promise.',
    kind: 'technical',
    rules: [managementVpn, clientVpn],
    needs: ['access.managementGateway', 'access.managementNetworks', 'access.vpnCertificate'],
  },
  'TOM-5.7': {
    title: 'Transport is secured, and restricted by address',
    promise: 'Buckets, queues, topics, databases and the load balancer require TLS 1.2 or better and refuse anything else.',
    kind: 'technical',
    rules: [tlsOnly, tlsPolicy, databaseTls, bucketPublicAccess],
  },
  'TOM-5.8': {
    title: 'Transferred data is controlled by checksum',
    promise:
      'Every file that comes in is checked against its SHA-256 manifest or its stored checksum. A file that fails is quarantined, ' +
      'reported and never used.',
    kind: 'technical',
    awaits: ['transfer: check of every incoming file by SHA-256, with quarantine and report'],
  },
  'TOM-5.9': {
    title: 'Transfers are logged',
    promise: 'Every transfer leaves a structured log record.',
    kind: 'technical',
    awaits: ['transfer: structured transfer logs'],
  },
};
