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
  'DSS-7.2': {
    title: 'No personal data is on removable devices',
    promise: 'Staff do not copy personal data to removable devices.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Removable media policy, signed',
  },
  'DSS-7.3': {
    title: 'Hardware is wiped before it is used again',
    promise: 'The cloud provider wipes media before they are used again and destroys them at the end of their life.',
    kind: 'inherited',
    attestation: `${awsSoc2}; ${awsDataCenterControls}`,
  },
};
