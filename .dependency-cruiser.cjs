// The import rules (README, "Working on it"): imports run one way. test/boundaries.test.ts has a breach of each rule.

/** Folders of lib/ that are not concerns: their base (config, labels, functions, alarms), the stacks, the TOM and the cost. */
const notConcerns = 'config|labels|functions|alarms|stacks|tom|cost';
const concern = `^lib/(?!(?:${notConcerns})/)([^/]+)/`;
const tests = '^test/';
const cdk = '(?:^|/)node_modules/(aws-cdk-lib|constructs|cdk-nag|@aws-cdk)/';
const clauseId = '^lib/tom/clause-id\\.ts$';
/** The environment contract between a construct and its function or service. */
const environmentContract = '^(lambda/[^/]+/[^/]+|services/[^/]+)/env\\.ts$';
const environmentReader = '^runtime/environment\\.ts$';
/** The calls contract: the AWS calls of a function, service or host script, from which its permissions follow. */
const callsContract = '^(lambda/[^/]+/[^/]+|services/[^/]+(/host)?)/calls\\.ts$';
const callsForm = '^runtime/calls\\.ts$';
const contract = [environmentContract, callsContract, callsForm];

/** A rule that forbids: files matching `from` import files matching `to`. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Within lib/, files matching `from` import nothing but `allowed`. */
const onlyWithinLib = (name, comment, from, ...allowed) => forbid(name, comment, { path: from }, { path: '^lib/', pathNot: allowed });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circular', 'Files must not import each other in a circle.', {}, { circular: true }),
    forbid('resolvable', 'Every import must resolve: other rules cannot check an unresolved import.', {}, { couldNotResolve: true }),
    forbid(
      'no-barrel',
      "The barrel of aws-cdk-lib costs seconds of type-checking: import 'aws-cdk-lib/core' or 'aws-cdk-lib/aws-...'.",
      {},
      { path: '(?:^|/)node_modules/aws-cdk-lib/index\\.' },
    ),

    forbid('bin-is-the-top', 'Nothing imports the app.', { pathNot: '^bin/' }, { path: '^bin/' }),
    forbid(
      'bin-reads-the-contents',
      'The app imports lib/deployment.ts and attaches the packs; it does not import stacks and concerns.',
      { path: '^bin/' },
      { path: ['^lib/(stacks|functions|alarms)/', concern] },
    ),
    forbid(
      'deployment-is-for-bin',
      'Only the app imports lib/deployment.ts, and the rehearsal, which builds many configurations in one process.',
      { pathNot: ['^bin/', '^tools/rehearse/deployments\\.ts$', tests] },
      { path: '^lib/deployment\\.ts$' },
    ),
    forbid(
      'deployment-wires-stacks',
      'lib/deployment.ts imports stacks, labels and the permissions boundary; stacks import concerns.',
      { path: '^lib/deployment\\.ts$' },
      { path: ['^lib/tom/', '^lib/(functions|alarms)/', concern], pathNot: '^lib/identity/permissions-boundary\\.ts$' },
    ),
    forbid(
      'stacks-are-for-deployment',
      'lib/deployment.ts creates stacks; a stack receives resources of another through props, as interfaces.',
      { pathNot: ['^lib/deployment\\.ts$', tests] },
      { path: '^lib/stacks/' },
    ),
    forbid('stacks-do-not-judge', 'Stacks do not import the rules.', { path: '^lib/stacks/' }, { path: '^lib/tom/', pathNot: clauseId }),
    onlyWithinLib(
      'concern-keeps-to-itself',
      'A concern imports config, labels, functions and alarms; it receives resources of siblings through props, as interfaces.',
      concern,
      '^lib/$1/',
      '^lib/(config|labels|functions|alarms)/',
      clauseId,
    ),
    onlyWithinLib(
      'functions-are-a-base',
      'lib/functions serves every concern and imports none.',
      '^lib/functions/',
      '^lib/(config|labels|functions)/',
      clauseId,
    ),
    onlyWithinLib(
      'alarms-are-a-base',
      'lib/alarms serves every concern and imports none.',
      '^lib/alarms/',
      '^lib/(config|labels|alarms)/',
      clauseId,
    ),
    onlyWithinLib('labels-are-a-base', 'Labels serve every concern and import none.', '^lib/labels/', '^lib/(config|labels)/', clauseId),
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
      'A rule uses the engine, the template model, files of its own concern, and those that all rules share.',
      { path: '^lib/tom/rules/([^/]+)/' },
      {
        path: '^lib/tom/(rules|clauses)/',
        pathNot: ['^lib/tom/rules/$1/', '^lib/tom/rules/(bypass|control-run-findings|probe-alarms)\\.ts$'],
      },
    ),
    onlyWithinLib(
      'cost-reads-templates',
      'The model of costs reads templates as JSON; of lib/ it imports configuration alone.',
      '^lib/cost/',
      '^lib/(config|cost)/',
    ),
    forbid('cost-without-cdk', 'The model of costs reads plain templates.', { path: '^lib/cost/' }, { path: cdk }),
    forbid(
      'cost-is-for-tools',
      'Tools estimate costs; the app, its concerns and its rules do not.',
      { pathNot: ['^lib/cost/', '^tools/', tests] },
      { path: '^lib/cost/' },
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
      'Code that runs in the account imports neither aws-cdk-lib nor the app.',
      { path: '^(lambda|services|runtime)/' },
      { path: [cdk, '^(bin|lib|tools)/'] },
    ),
    forbid(
      'contract-only',
      'lib imports only the contracts of a function or service: env.ts, calls.ts, the form of calls, and the hours of a late erasure.',
      { path: '^(bin|lib)/' },
      { path: '^(lambda|services|runtime)/', pathNot: contract },
    ),
    forbid(
      'rules-judge-without-contracts',
      'Of lib/tom, only declarations of functions and permissions import contracts: both are compared.',
      { path: '^lib/tom/', pathNot: '^lib/tom/world/(functions-[a-z-]+|permissions|identity|roles)\\.ts$' },
      { path: '^(lambda|services|runtime)/' },
    ),
    forbid(
      'contract-stands-alone',
      'Synthesis also loads env.ts: it imports only the reader of environment variables.',
      { path: environmentContract },
      { path: '^(lambda|services|runtime)/', pathNot: environmentReader },
    ),
    forbid(
      'calls-stand-alone',
      'Synthesis, the rules and the documents load calls.ts: pure data, which imports only the form of calls.',
      { path: callsContract },
      { pathNot: callsForm },
    ),
    forbid(
      'environment-is-pure',
      'Synthesis loads runtime/environment.ts with each env.ts: it imports nothing.',
      { path: environmentReader },
      {},
    ),
    forbid('calls-are-pure', 'Synthesis loads runtime/calls.ts with each calls.ts: it imports nothing.', { path: callsForm }, {}),
    forbid(
      'one-function-one-folder',
      'Shared code of functions and services is in runtime/.',
      { path: '^(lambda/[^/]+/[^/]+|services/[^/]+)/' },
      { path: '^(lambda|services)/', pathNot: '^$1/' },
    ),
    forbid(
      'runtime-is-shared',
      'runtime/ serves functions and services and imports none.',
      { path: '^runtime/' },
      { path: '^(lambda|services)/' },
    ),
    forbid(
      'one-door-to-the-database',
      'Only runtime/ imports database clients; it binds every query to a site (TOM-4.1).',
      { pathNot: ['^runtime/', tests] },
      { path: '(?:^|/)node_modules/(pg|pg-.+|postgres|kysely|knex|drizzle-orm|@aws-sdk/client-rds-data|@aws-sdk/client-dsql)/' },
    ),

    forbid(
      'one-door-to-the-simulator',
      'The simulator of policies is licensed under AGPL-3.0, for development alone: only tools/rehearse/simulator.ts imports it.',
      { pathNot: '^tools/rehearse/simulator\\.ts$' },
      { path: '(?:^|/)node_modules/@cloud-copilot/' },
    ),

    forbid('tests-are-last', 'Only tests import tests.', { pathNot: tests }, { path: tests }),
    forbid('tools-stand-beside', 'The app does not import tools.', { path: '^(bin|lib|lambda|services|runtime)/' }, { path: '^tools/' }),
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
