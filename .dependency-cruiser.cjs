// The dependency rules of the house (README, "Working on it"): imports run one way. test/boundaries.test.ts shows that each rule fires.

/** Folders of lib/ that are not concerns: everybody's base (config, labels, functions, alarms), the wiring (stacks) and the TOM. */
const notConcerns = 'config|labels|functions|alarms|stacks|tom';
const concern = `^lib/(?!(?:${notConcerns})/)([^/]+)/`;
const tests = '^test/';
const cdk = '(?:^|/)node_modules/(aws-cdk-lib|constructs|cdk-nag|@aws-cdk)/';
const clauseId = '^lib/tom/clause-id\\.ts$';
/** The environment contract between a construct and its function or service. */
const contract = '^(lambda/[^/]+/[^/]+|services/[^/]+)/env\\.ts$';
const environmentReader = '^runtime/environment\\.ts$';

/** A rule that forbids: files matching `from` import files matching `to`. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Within lib/, files matching `from` import nothing but `allowed`. */
const onlyWithinLib = (name, comment, from, ...allowed) => forbid(name, comment, { path: from }, { path: '^lib/', pathNot: allowed });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circular', 'Two files that import each other cannot be read one after the other.', {}, { circular: true }),
    forbid('resolvable', 'An import that leads nowhere hides from every other rule.', {}, { couldNotResolve: true }),
    forbid(
      'no-barrel',
      "The barrel of aws-cdk-lib costs seconds of type-checking: import 'aws-cdk-lib/core' or 'aws-cdk-lib/aws-...'.",
      {},
      { path: '(?:^|/)node_modules/aws-cdk-lib/index\\.' },
    ),

    forbid('bin-is-the-top', 'Nothing imports the app.', { pathNot: '^bin/' }, { path: '^bin/' }),
    forbid(
      'bin-reads-the-contents',
      'The app builds lib/deployment.ts and attaches the packs; stacks and concerns are behind the table of contents.',
      { path: '^bin/' },
      { path: ['^lib/(stacks|functions|alarms)/', concern] },
    ),
    forbid(
      'deployment-is-for-bin',
      'The table of contents is read by the app alone.',
      { pathNot: ['^bin/', tests] },
      { path: '^lib/deployment\\.ts$' },
    ),
    forbid(
      'deployment-wires-stacks',
      'The table of contents knows stacks, and what holds for all of them: labels, and the boundary of every role. Concerns are for stacks.',
      { path: '^lib/deployment\\.ts$' },
      { path: ['^lib/tom/', '^lib/(functions|alarms)/', concern], pathNot: '^lib/identity/permissions-boundary\\.ts$' },
    ),
    forbid(
      'stacks-are-for-deployment',
      'Stacks are created in lib/deployment.ts; what one needs of another arrives through props, as an interface.',
      { pathNot: ['^lib/deployment\\.ts$', tests] },
      { path: '^lib/stacks/' },
    ),
    forbid(
      'stacks-do-not-judge',
      'Stacks are built without knowing the rules.',
      { path: '^lib/stacks/' },
      { path: '^lib/tom/', pathNot: clauseId },
    ),
    onlyWithinLib(
      'concern-keeps-to-itself',
      'A concern uses config, labels, functions and alarms; siblings arrive through props, as interfaces of the library.',
      concern,
      '^lib/$1/',
      '^lib/(config|labels|functions|alarms)/',
      clauseId,
    ),
    onlyWithinLib(
      'functions-are-a-base',
      'lib/functions serves every concern and knows none.',
      '^lib/functions/',
      '^lib/(config|labels|functions)/',
      clauseId,
    ),
    onlyWithinLib(
      'alarms-are-a-base',
      'lib/alarms serves every concern and knows none.',
      '^lib/alarms/',
      '^lib/(config|labels|alarms)/',
      clauseId,
    ),
    onlyWithinLib('labels-are-a-base', 'Labels serve every concern and know none.', '^lib/labels/', '^lib/(config|labels)/', clauseId),
    onlyWithinLib(
      'tom-judges-from-outside',
      'Rules read templates, configuration and labels, not constructs.',
      '^lib/tom/',
      '^lib/(config|labels|tom)/',
    ),
    onlyWithinLib(
      'template-is-a-model',
      'The template model serves the engine and the rules, and imports neither.',
      '^lib/tom/template/',
      '^lib/(config|labels)/',
      '^lib/tom/template/',
    ),
    forbid(
      'rule-keeps-to-its-concern',
      'A rule uses the engine, the template model, and files of its own concern.',
      { path: '^lib/tom/rules/([^/]+)/' },
      { path: '^lib/tom/(rules|clauses)/', pathNot: ['^lib/tom/rules/$1/', '^lib/tom/rules/bypass\\.ts$'] },
    ),
    onlyWithinLib('config-is-the-bottom', 'Configuration imports nothing of the app.', '^lib/config/', '^lib/config/'),
    onlyWithinLib(
      'settings-are-the-schema',
      'The schema imports neither checks nor files.',
      '^lib/config/settings/',
      '^lib/config/settings/',
    ),
    onlyWithinLib(
      'file-before-checks',
      'Reading a file needs the schema; checks come after it.',
      '^lib/config/file/',
      '^lib/config/(settings|file)/',
      '^lib/config/site\\.ts$',
    ),
    onlyWithinLib(
      'checks-are-for-load',
      'Checks read settings and files; lib/config/load.ts runs them.',
      '^lib/config/checks/',
      '^lib/config/(settings|file|checks)/',
      '^lib/config/address-range\\.ts$',
    ),
    forbid('config-without-cdk', 'Configuration is checked before the library is loaded.', { path: '^lib/config/' }, { path: cdk }),
    forbid(
      'tom-core-only',
      'Rules see plain templates: no service module of the library.',
      { path: '^lib/tom/' },
      { path: '(?:^|/)node_modules/aws-cdk-lib/', pathNot: '(?:^|/)node_modules/aws-cdk-lib/(core|cx-api|cloud-assembly-schema)/' },
    ),

    forbid(
      'runtime-without-cdk',
      'What runs in the account carries neither the library nor the stack.',
      { path: '^(lambda|services|runtime)/' },
      { path: [cdk, '^(bin|lib|tools)/'] },
    ),
    forbid(
      'contract-only',
      'lib takes from a function or a service its env.ts contract and nothing else.',
      { path: '^(bin|lib)/' },
      { path: '^(lambda|services|runtime)/', pathNot: contract },
    ),
    forbid(
      'contract-stands-alone',
      'Synthesis loads env.ts too: of the running system it imports only the reader of environment variables.',
      { path: contract },
      { path: '^(lambda|services|runtime)/', pathNot: environmentReader },
    ),
    forbid('environment-is-pure', 'Synthesis loads it with each env.ts: it imports nothing.', { path: environmentReader }, {}),
    forbid(
      'one-function-one-folder',
      'What functions and services share is in runtime/.',
      { path: '^(lambda/[^/]+/[^/]+|services/[^/]+)/' },
      { path: '^(lambda|services)/', pathNot: '^$1/' },
    ),
    forbid(
      'runtime-is-shared',
      'runtime/ serves functions and services and knows none.',
      { path: '^runtime/' },
      { path: '^(lambda|services)/' },
    ),
    forbid(
      'one-door-to-the-database',
      'Database clients are used in runtime/ alone, where every query is bound to a site (TOM-4.1).',
      { pathNot: ['^runtime/', tests] },
      { path: '(?:^|/)node_modules/(pg|pg-.+|postgres|kysely|knex|drizzle-orm|@aws-sdk/client-rds-data|@aws-sdk/client-dsql)/' },
    ),

    forbid('tests-are-last', 'Nothing that ships or runs imports a test.', { pathNot: tests }, { path: tests }),
    forbid(
      'tools-stand-beside',
      'Tools use the app from outside; nothing of the app imports one.',
      { path: '^(bin|lib|lambda|services|runtime)/' },
      { path: '^tools/' },
    ),
    forbid(
      'tools-share-below',
      'Tools of development and measurement share only synthesis, local-database and command-line.',
      { path: '^tools/(develop|measure)/' },
      { path: '^tools/', pathNot: ['^tools/$1/', '^tools/(synthesis|local-database)/', '^tools/command-line\\.ts$'] },
    ),
    forbid(
      'shared-tools-are-the-bottom',
      'Synthesis, local-database and command-line serve the tools and import none.',
      { path: '^tools/(synthesis|local-database|command-line)' },
      { path: '^tools/', pathNot: '^tools/(synthesis|local-database|command-line)' },
    ),
    forbid(
      'start-comes-after-twin',
      '`npm start` ends in the twin, which runs without it.',
      { path: '^tools/twin' },
      { path: '^tools/(start|develop|measure)' },
    ),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(?:^|/)node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'import', 'types', 'default'],
      extensions: ['.ts', '.js', '.json', '.d.ts'],
    },
  },
};
