-- One database and three roles per service: owner (migrations), app (row-level security applies), system
-- (relay, sweepers, work queue). The passwords are for a machine of your own.
CREATE ROLE connector_owner LOGIN PASSWORD 'local-only';
CREATE ROLE connector_app LOGIN PASSWORD 'local-only';
CREATE ROLE connector_system LOGIN PASSWORD 'local-only';
CREATE DATABASE connector OWNER connector_owner;
CREATE ROLE importer_owner LOGIN PASSWORD 'local-only';
CREATE ROLE importer_app LOGIN PASSWORD 'local-only';
CREATE ROLE importer_system LOGIN PASSWORD 'local-only';
CREATE DATABASE importer OWNER importer_owner;
CREATE ROLE inventory_owner LOGIN PASSWORD 'local-only';
CREATE ROLE inventory_app LOGIN PASSWORD 'local-only';
CREATE ROLE inventory_system LOGIN PASSWORD 'local-only';
CREATE DATABASE inventory OWNER inventory_owner;
CREATE ROLE validator_owner LOGIN PASSWORD 'local-only';
CREATE ROLE validator_app LOGIN PASSWORD 'local-only';
CREATE ROLE validator_system LOGIN PASSWORD 'local-only';
CREATE DATABASE validator OWNER validator_owner;
