// DSS, chapter 4: certification, law and incidents.
import { erasedInTime } from '../rules/lake/erased-in-time';
import { lakeWritten } from '../rules/lake/lake-written';
import type { Chapter } from './chapters';
import { awsIso27001 } from './provider';

export const dss4: Chapter<'DSS-4'> = {
  'DSS-4.1': {
    title: 'ISO 27001 certification and internal audits',
    promise:
      'The company is certified to ISO 27001 and audits itself. Evidence of the kept promises is collected and exported for the auditor.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'ISO 27001 certificate and internal audit reports; tom-evidence.json of each synth',
    awaits: ['watch: evidence of the live account, exported for the auditor'],
  },
  'DSS-4.2': {
    title: 'GDPR and CCPA are complied with; HIPAA is in preparation',
    promise:
      'The HIPAA, NIST 800-53 and PCI DSS rule packs run with the TOM pack on every synth. The data of one person can be exported and ' +
      'erased, for each site, and both are logged. An erasure removes the hits of the person from the database and from each file of the ' +
      'lake within a day. Raw hits and replaced files end within 30 days, with their versions; backups, 31 days after the request.',
    kind: 'technical',
    rules: [erasedInTime, lakeWritten],
    provenBy: [
      'test/lambda/database/person-export/export.test.ts',
      'test/lambda/database/person-erase/erase.test.ts',
      'test/lambda/lake/lake-upkeep/upkeep.test.ts',
      'test/lambda/lake/lake-upkeep/passes.test.ts',
      'test/database/lake-erasures.test.ts',
    ],
    awaits: ['portal: export and erasure of the data of one person, as a right in the web interface'],
  },
  'DSS-4.3': {
    title: 'Security incidents are detected, reported, and notified to clients within 72 hours',
    promise:
      'Each incident, opened by a finding or by hand, is in a register with a clock of 72 hours. Reminders go out at 24, 48 and 60 hours ' +
      'and the incident is escalated at 72. It is closed only with a record of the notified clients.',
    kind: 'technical',
    awaits: ['watch: incident register with a 72-hour clock, reminders and escalation'],
  },
  'DSS-4.4': {
    title: 'Protection is monitored continuously by named people',
    promise: 'The people on call are subscribed to the alarms, and a dashboard shows the state of protection.',
    kind: 'technical',
    awaits: ['watch: on-call contacts that are subscribed to the alarms', 'watch: dashboard'],
  },
  'DSS-4.5': {
    title: 'Agreements and policies exist',
    promise: 'Data processing agreements and security policies are written, in force and reviewed.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Register of agreements and policies',
  },
  'DSS-4.6': {
    title: 'Staff are screened, bound to confidentiality and checked out at departure',
    promise:
      'Staff are screened before they start and sign a confidentiality agreement. When someone leaves, one command revokes the ' +
      'VPN certificate, sessions, keys and directory entry of that person.',
    kind: 'organisational',
    attestedBy: 'Human resources manager',
    artefact: 'Screening records, confidentiality agreements and the check-out list',
    provenBy: ['test/tools/offboard/offboard.test.ts', 'test/tools/offboard/sequences.test.ts'],
  },
  'DSS-4.7': {
    title: 'Infrastructure partners hold ISO 27001; third parties are bound to confidentiality',
    promise:
      'The cloud provider is certified to ISO 27001 for its regions and for the services that the stack uses, and is bound to ' +
      'confidentiality by its agreement with the company.',
    kind: 'inherited',
    attestation: `${awsIso27001}; AWS Customer Agreement, section on confidentiality`,
  },
};
