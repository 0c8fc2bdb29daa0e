// DSS, chapter 7: hardware and media.
import type { Chapter } from './chapters';
import { awsDataCenterControls, awsIso27001, awsSoc2 } from './provider';

export const dss7: Chapter<'DSS-7'> = {
  'DSS-7.1': {
    title: "Servers are in the provider's secured environment",
    promise: 'Servers run in data centres that the cloud provider secures and that third parties audit.',
    kind: 'inherited',
    attestation: `${awsSoc2}; ${awsIso27001}`,
  },
  'DSS-7.1.2': {
    title: 'Hard copies are locked away; the office and its laptops are protected',
    promise: 'Hard copies are locked away. The office has a key and an alarm. Laptops are encrypted and protected by password.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Office security policy and the inventory of encrypted laptops',
  },
  'DSS-7.2': {
    title: 'No personal data is on removable devices',
    promise: 'Staff do not copy personal data to removable devices.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Removable media policy, signed',
  },
  'DSS-7.3': {
    title: 'Equipment that held data is reset and double-checked before it is used again',
    promise:
      'Equipment that held data is reset, and a second person checks it, before it is used again. Its next user gets a personal account ' +
      'that is protected by password. The cloud provider wipes its own media before they are used again.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: `Inventory of equipment with each reset and its check; for the provider's media ${awsSoc2} and ${awsDataCenterControls}`,
  },
};
