// TOM, chapter 8: contact.
import type { Chapter } from './chapters';

export const tom8: Chapter<'TOM-8'> = {
  'TOM-8': {
    title: 'A named person answers questions about the measures',
    promise: 'The configuration names a person, with role and contact, who answers questions about the measures. The report prints them.',
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Contact for the measures, in the signed document',
    awaits: ['watch: role and contact from the configuration, in the report'],
  },
};
