// DSS, chapter 3: responsibilities.
import type { Chapter } from './chapters';

export const dss3: Chapter<'DSS-3'> = {
  'DSS-3': {
    title: 'Responsibilities are divided between company and client',
    promise:
      'The company secures the infrastructure and supplies tools; the client configures and operates the platform. The report has a table ' +
      'of who is responsible for what, control by control.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Table of responsibilities in the service agreement',
    awaits: ['watch: table of responsibilities in the report'],
  },
};
