// TOM-4.1: the schema is part of the deployment: migrations run on every database, by one function at a time, before what uses it.

import { generatedDataType, migrationsType } from '../../../config/custom-resource-types';
import { type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, type Verdict } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { clusterType, targetGroupType } from '../../template/databases';
import { variableOf } from '../../template/functions';

const lambdaType = 'AWS::Lambda::Function';
const checksum = /^[0-9a-f]{64}$/;

export const migrationsDeployed: Rule = {
  name: 'migrations-deployed',
  requires:
    'every database cluster has a migration resource that names it and the checksum of the migrations, run by one function at a time; every function that signs in to the database waits for it, and so does the proxy before it leads to the cluster',
  types: [clusterType, lambdaType, targetGroupType],
  check(resource, assembly) {
    if (resource.type === clusterType) return migrationFindings(resource, assembly);
    return resource.type === targetGroupType ? targets(resource, assembly) : orderVerdict(resource, assembly);
  },
  guards: [
    guard(migrationsType, '', remove),
    guard(migrationsType, 'Properties.Checksum', remove, replace('latest')),
    guard(migrationsType, 'Properties.Database', remove, replace('elsewhere')),
    guard(migrationsType, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guard(targetGroupType, 'DependsOn', remove, replace([])),
    guardWhere(lambdaType, isMigrationFunction, 'Properties.ReservedConcurrentExecutions', remove, replace(2)),
    ...waitingGuards(),
  ],
  reads: [
    { type: lambdaType, path: 'Properties.Environment' },
    { type: lambdaType, path: 'DependsOn' },
  ],
};

function migrationFindings(cluster: Resource, assembly: Assembly): readonly Finding[] {
  const own = assembly.ofType(migrationsType).filter((migration) => assembly.refersTo(migration.at('Database'), migration, cluster));
  if (own.some((migration) => runsMigrations(migration, assembly))) return [];
  const required = 'a migration resource with this database, the checksum of the files and a function of which one runs at a time';
  return [
    {
      ...finding(cluster, 'migrations', `the ${migrationsType} of the cluster`, required, 'Build Migrations beside it.'),
      found: own[0]?.logicalId,
    },
  ];
}

function runsMigrations(migration: Resource, assembly: Assembly): boolean {
  const lambda = assembly.target(migration.at('ServiceToken'), migration.stack);
  return checksum.test(String(migration.at('Checksum'))) && lambda?.type === lambdaType && lambda.at('ReservedConcurrentExecutions') === 1;
}

/** A restored database comes behind the same proxy: functions must not meet it before it has the schema and the key of site contexts. */
function targets(group: Resource, assembly: Assembly): readonly Finding[] {
  if (namesSchema(group, assembly)) return [];
  return [finding(group, 'targets', 'DependsOn', 'the migrations', 'Add a dependency on the schema of Migrations.')];
}

/** A function that signs in as a role of the schema waits, itself or through the resource that calls it, until the schema is there. */
function orderVerdict(lambda: Resource, assembly: Assembly): Verdict {
  if (!usesDatabase(lambda)) return 'not-applicable';
  if (dependsOnSchema(lambda, assembly) || callersOf(lambda, assembly).some((caller) => dependsOnSchema(caller, assembly))) return [];
  return [finding(lambda, 'order', 'DependsOn', 'the migrations', 'Add a dependency on the schema of Migrations.')];
}

/** The migrations themselves, and what rotates keys, are told the master's secret and make what the others wait for. */
const usesDatabase = (lambda: Resource): boolean =>
  variableOf(lambda, 'DATABASE_HOST') !== undefined && variableOf(lambda, 'MASTER_SECRET') === undefined;

const callersOf = (lambda: Resource, assembly: Assembly): readonly Resource[] =>
  assembly.ofType(generatedDataType).filter((caller) => assembly.refersTo(caller.at('ServiceToken'), caller, lambda));

/**
 * In its own stack a resource names the migrations. In another it waits for all of the stack that holds them, where it is told the host by
 * an export of that stack: exports are there when the stack is ("Get exported outputs from a deployed CloudFormation stack").
 */
function dependsOnSchema(resource: Resource, assembly: Assembly): boolean {
  const host = assembly.target(variableOf(resource, 'DATABASE_HOST'), resource.stack);
  if (host && host.stack !== resource.stack) {
    return assembly.ofType(migrationsType).some((migration) => migration.stack === host.stack);
  }
  return namesSchema(resource, assembly);
}

function namesSchema(resource: Resource, assembly: Assembly): boolean {
  const names = listOf(resource.json.DependsOn as Json | undefined);
  return names.some((name) => typeof name === 'string' && assembly.resource(resource.stack.name, name)?.type === migrationsType);
}

function isMigrationFunction(lambda: Resource, assembly: Assembly): boolean {
  return assembly.ofType(migrationsType).some((migration) => assembly.refersTo(migration.at('ServiceToken'), migration, lambda));
}

function waitingGuards(): readonly Guard[] {
  const waitsItself: Guard['where'] = (lambda, assembly) =>
    usesDatabase(lambda) && dependsOnSchema(lambda, assembly) && !isToldByExport(lambda);
  const waitsForStack: Guard['where'] = (lambda) => usesDatabase(lambda) && isToldByExport(lambda);
  return [
    guardWhere(lambdaType, waitsItself, 'DependsOn', remove, replace([])),
    guardWhere(lambdaType, waitsForStack, 'Properties.Environment.Variables.DATABASE_HOST', replace('database.example')),
  ];
}

function isToldByExport(lambda: Resource): boolean {
  const host = variableOf(lambda, 'DATABASE_HOST');
  return isObject(host) && 'Fn::ImportValue' in host;
}
