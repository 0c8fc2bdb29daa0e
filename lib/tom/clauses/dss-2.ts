// DSS, chapter 2: distribution of the statement.
import type { Chapter } from './chapters';

export const dss2: Chapter<'DSS-2'> = {
  'DSS-2': {
    title: 'The statement is shared with the client only',
    promise: "The statement is confidential between company and client. The client's edition of the report names its recipient.",
    kind: 'organisational',
    attestedBy: 'Security officer',
    artefact: 'Register of the recipients of the statement',
    awaits: ["watch: client's edition of the report, which names its recipient"],
  },
};
