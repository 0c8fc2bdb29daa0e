// DSS, chapter 8: roles in data protection.
import type { Chapter } from './chapters';

export const dss8: Chapter<'DSS-8'> = {
  'DSS-8.1': {
    title: 'The company is a processor, not a controller; data subjects have a contact',
    promise:
      'The company processes personal data on behalf of its customers, who are its controllers, and names a contact for data subjects.',
    kind: 'organisational',
    attestedBy: 'Data protection officer',
    artefact: 'Data processing agreements and the published contact for data subjects',
  },
};
