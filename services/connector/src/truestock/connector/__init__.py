"""The connector: who may connect which marketplace account, and the only keeper of its tokens.

Owns: attempts, connections, grants and their sealed tokens, the workspace's marketplace priority.
Consumes: importer.import-batch.v1 (which connection has an approved sample).
Emits: connector.connection.v1.
Never: hands out a refresh token, reads listings, or lets anything happen before an account is confirmed.
"""
