PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kdm_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kdm_meta VALUES('application','k8s-datamodel');
INSERT INTO kdm_meta VALUES('first_digest','1');
INSERT INTO kdm_meta VALUES('garbage','0');
INSERT INTO kdm_meta VALUES('next_lease','3');
INSERT INTO kdm_meta VALUES('redaction_key','7617423899274563c0be1f0ac4220f25103d4ac08807b0fa6b6f12d03632b35e');
INSERT INTO kdm_meta VALUES('schema','5');
INSERT INTO kdm_meta VALUES('seals','{"the definitions of the resource types":"f6381f7a81bc61b80d5138c3c5943ab9a04e3e01ec2e104c09bfcd7b7b122b07","the salt of the redaction":"35b6d20c5064ad8c62474321d8bb514e273d1f9f3971676e334a00726ace4385"}');
CREATE TABLE kdm_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO kdm_migrations VALUES('2026-01-create','2026-11-26 22:03:04');
INSERT INTO kdm_migrations VALUES('2026-11-digests','2026-11-26 22:03:05');
INSERT INTO kdm_migrations VALUES('2026-11-order','2026-11-26 22:03:05');
INSERT INTO kdm_migrations VALUES('2026-11-side','2026-11-26 22:03:05');
INSERT INTO kdm_migrations VALUES('2026-11-views','2026-11-27 00:59:24');
CREATE TABLE kdm_types (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  next_ref INTEGER NOT NULL DEFAULT 1
);
INSERT INTO kdm_types VALUES(1,'widgets','{"columns": [{"at_least": "", "description": "", "filter": "", "key": "name", "levels": [], "name": "name", "path": "", "show": "never", "title": "Name", "type": "text", "value": "", "volatile": false}, {"at_least": "", "description": "", "filter": "", "key": "namespace", "levels": [], "name": "namespace", "path": "", "show": "never", "title": "Namespace", "type": "text", "value": "", "volatile": false}, {"at_least": "", "description": "", "filter": "", "key": "size", "levels": [], "name": "size", "path": "", "show": "never", "title": "Size", "type": "integer", "value": "", "volatile": false}, {"at_least": "", "description": "", "filter": "", "key": "weight", "levels": [], "name": "weight", "path": "", "show": "never", "title": "Weight", "type": "real", "value": "", "volatile": false}, {"at_least": "", "description": "", "filter": "", "key": "polished", "levels": [], "name": "polished", "path": "", "show": "never", "title": "Polished", "type": "boolean", "value": "", "volatile": false}, {"at_least": "", "description": "", "filter": "", "key": "colours", "levels": [], "name": "colours", "path": "", "show": "never", "title": "Colours", "type": "list", "value": "", "volatile": false}, {"at_least": "", "description": "", "filter": "", "key": "labels", "levels": [], "name": "labels", "path": "", "show": "never", "title": "Labels", "type": "json", "value": "", "volatile": false}, {"at_least": "", "description": "", "filter": "", "key": "in_use", "levels": [], "name": "in_use", "path": "", "show": "never", "title": "In Use", "type": "integer", "value": "", "volatile": true}, {"at_least": "", "description": "", "filter": "", "key": "why", "levels": [], "name": "why", "path": "", "show": "never", "title": "Why", "type": "text", "value": "", "volatile": true}], "command": "widget", "count": "widget_count", "description": "", "identity": ["namespace", "name"], "name": "widgets", "order": 10, "plural": "Widgets", "singular": "Widget", "skip": "widgets"}',7);
CREATE TABLE kdm_objects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  body TEXT NOT NULL
);
INSERT INTO kdm_objects VALUES(1,X'600ed9e9e3f408546a471a7f4c4db1a4d88e565fb25ecbe4b4dd72748cef13a8',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00002","namespace":"shop","uid":"e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974"},"spec":{"size":2}}');
INSERT INTO kdm_objects VALUES(2,X'641fdf872cd717c34d3bd3a0eda8c546a70b66ba31b69be02d07bf20be80fdba',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00000","namespace":"shop","uid":"cdebb3a0-4569-5530-ba59-0729335378ff"},"spec":{"size":0}}');
INSERT INTO kdm_objects VALUES(3,X'e68ff53d43fe8d03b8efe611a7540607d1dc2d1f7103e66b58a53f1eca0ead01',170,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00001","namespace":"shop","uid":"a9230137-6b2e-5c67-924f-f4a4ce8204a0"},"spec":{"size":1}}');
INSERT INTO kdm_objects VALUES(4,X'62112ed1cfe8aee48807b8152e043081cfe393a2fa8c28c26fb70b4b5c3fa80b',179,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00000","namespace":"shop","uid":"cdebb3a0-4569-5530-ba59-0729335378ff"},"spec":{"size":0,"turn":1}}');
INSERT INTO kdm_objects VALUES(5,X'76a2a54d56d82a4203d1b3f8015d9d6e1c5d79402aa6d7f747ab19ac5dc04ebe',179,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00001","namespace":"shop","uid":"a9230137-6b2e-5c67-924f-f4a4ce8204a0"},"spec":{"size":1,"turn":1}}');
INSERT INTO kdm_objects VALUES(6,X'e83481d2f4fc6c07c248b3020478825a92235da1d85b49bf08bdcffd919e0b7c',179,'{"apiVersion":"parts.example.org/v1","kind":"Widget","metadata":{"name":"widget-00002","namespace":"shop","uid":"e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974"},"spec":{"size":2,"turn":1}}');
CREATE TABLE kdm_snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid TEXT NOT NULL UNIQUE,
  timestamp TEXT NOT NULL,
  cluster_context TEXT NOT NULL,
  cluster_info TEXT NOT NULL,
  cluster_uid TEXT,
  source TEXT NOT NULL,
  source_timestamp TEXT,
  namespace_filter TEXT,
  notes TEXT,
  complete INTEGER NOT NULL,
  redaction TEXT NOT NULL,
  seconds REAL NOT NULL,
  created_at TEXT NOT NULL
, digest TEXT, sorted_at TEXT NOT NULL DEFAULT '', rules INTEGER);
INSERT INTO kdm_snapshots VALUES(1,'00000000-0000-4000-8000-000000000000','2024-03-15 10:30:15','prod','{"nodes":5,"platform":"eks","version":"v1.30.1"}','uid-of-prod','kubernetes',NULL,NULL,NULL,1,'salt-1',1.5,'2026-11-26 22:03:05','2:be099a5f5ab21ce9edfc76cfb6300058f9f0a6286b45493ce73fe7357f686453','2024-03-15 10:30:15',2);
INSERT INTO kdm_snapshots VALUES(2,'00000000-0000-4000-8000-000000000001','2024-03-15 10:30:15','prod','{"nodes":5,"platform":"eks","version":"v1.30.1"}','uid-of-prod','kubernetes',NULL,NULL,NULL,1,'salt-1',1.5,'2026-11-26 22:03:05','2:384ddb0949bdd834dda863394ab61087b4a528b5674fbf3f658db566ef3824c8','2024-03-15 10:30:15',2);
CREATE TABLE kdm_counts (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  type_id INTEGER NOT NULL REFERENCES kdm_types (id),
  count INTEGER,
  records INTEGER NOT NULL, stamp TEXT,
  PRIMARY KEY (snapshot_id, type_id)
) WITHOUT ROWID;
INSERT INTO kdm_counts VALUES(1,1,3,3,'0123456789abcdef');
INSERT INTO kdm_counts VALUES(2,1,3,3,'0123456789abcdef');
CREATE TABLE kdm_reads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  resource_type TEXT NOT NULL,
  read TEXT NOT NULL,
  UNIQUE (resource_type, read)
);
INSERT INTO kdm_reads VALUES(1,'','nodes');
INSERT INTO kdm_reads VALUES(2,'widgets','widgets.parts.example.org');
CREATE TABLE kdm_ledger (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  position INTEGER NOT NULL,
  read_id INTEGER NOT NULL REFERENCES kdm_reads (id),
  optional INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  http_code INTEGER,
  requests INTEGER NOT NULL,
  objects INTEGER,
  reused INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  microseconds INTEGER NOT NULL,
  PRIMARY KEY (snapshot_id, position)
) WITHOUT ROWID;
INSERT INTO kdm_ledger VALUES(1,0,2,0,'complete',NULL,200,3,12,2,4567,123456);
INSERT INTO kdm_ledger VALUES(1,1,1,1,'forbidden','nodes: 403',403,1,NULL,0,0,0);
INSERT INTO kdm_ledger VALUES(2,0,2,0,'complete',NULL,200,3,12,2,4567,123456);
INSERT INTO kdm_ledger VALUES(2,1,1,1,'forbidden','nodes: 403',403,1,NULL,0,0,0);
CREATE TABLE kdm_leases (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL
);
CREATE TABLE kdm_clusters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL,
  source TEXT NOT NULL,
  version TEXT NOT NULL,
  redaction TEXT NOT NULL,
  UNIQUE (uid, source)
);
INSERT INTO kdm_clusters VALUES(1,'uid-of-prod','kubernetes','v1.30.1','salt-1/2');
CREATE TABLE kdm_indexed (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  cluster_id INTEGER NOT NULL REFERENCES kdm_clusters (id),
  resource TEXT NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (cluster_id, resource)
);
INSERT INTO kdm_indexed VALUES(1,1,'parts.example.org/v1/Widget','');
CREATE TABLE kdm_index (
  indexed_id INTEGER NOT NULL REFERENCES kdm_indexed (id),
  uid TEXT NOT NULL,
  resource_version TEXT NOT NULL,
  object_id INTEGER NOT NULL REFERENCES kdm_objects (id), seal BLOB, beside_id INTEGER,
  PRIMARY KEY (indexed_id, uid)
) WITHOUT ROWID;
INSERT INTO kdm_index VALUES(1,'a9230137-6b2e-5c67-924f-f4a4ce8204a0','1',5,X'd234b9cf6956c6672d8b197508671a3d',1);
INSERT INTO kdm_index VALUES(1,'cdebb3a0-4569-5530-ba59-0729335378ff','1',4,X'06acb5fe8cce4029e49e9124781cf739',1);
INSERT INTO kdm_index VALUES(1,'e4bd452d-e9eb-5e8c-8ee9-2be5c82e9974','1',6,X'3914a4b790e9d315b52ebad863ff0e98',1);
CREATE TABLE kdm_beside (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
);
INSERT INTO kdm_beside VALUES(1,X'42191c12a760fa8b25ad1f13749908fadb752b29b25be8efa56e0a3f49475733','{"field_managers":[["parts.example.org/v1","kubectl","Apply",""]]}');
CREATE TABLE kdm_baselines (
  name TEXT PRIMARY KEY,
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  set_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "kdm_widgets_rows" (
  kdm_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kdm_digest BLOB NOT NULL UNIQUE,
  kdm_object INTEGER NOT NULL REFERENCES kdm_objects (id)
, "name" TEXT, "namespace" TEXT, "size" INTEGER, "weight" REAL, "polished" INTEGER, "colours" TEXT, "labels" TEXT);
INSERT INTO kdm_widgets_rows VALUES(1,X'52fa64e22c605a85921e018e6bdce13ccac963d23281f64697975690b22f9b1c',2,'widget-00000','shop',0,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(2,X'93a66b12ef958313d9f39e0c9955fe2c755d1a31109b94e390e42aeae1c6641b',1,'widget-00002','shop',2,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(3,X'fb31fd49bde800281945eefe671b40cd961bfc64876bfc8433c5d40547689876',3,'widget-00001','shop',1,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(4,X'ce20e03719e6c7cde29a2b0cd3146959054c406f9cd233c403548dd635bba749',6,'widget-00002','shop',2,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(5,X'e405d970228c3f060119e0f3d4bd539d7f0f2372b2ad10a2c399d258f06b97a4',4,'widget-00000','shop',0,NULL,NULL,'','{}');
INSERT INTO kdm_widgets_rows VALUES(6,X'e9dd761ff1076b4b1587ec4c36381ca567f1aee0439f5bd337dedb9a589ce207',5,'widget-00001','shop',1,NULL,NULL,'','{}');
CREATE TABLE IF NOT EXISTS "kdm_widgets_states" (kdm_id INTEGER PRIMARY KEY AUTOINCREMENT, kdm_digest BLOB NOT NULL UNIQUE, "in_use" INTEGER, "why" TEXT);
INSERT INTO kdm_widgets_states VALUES(1,X'f03eaa27d94d95c259a5070b9e80a3c7',0,NULL);
CREATE TABLE IF NOT EXISTS "kdm_widgets_refs" (
  snapshot_id INTEGER NOT NULL REFERENCES kdm_snapshots (id),
  id INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  state_id INTEGER,
  beside_id INTEGER,
  PRIMARY KEY (snapshot_id, id)
) WITHOUT ROWID
;
INSERT INTO kdm_widgets_refs VALUES(1,1,1,1,1);
INSERT INTO kdm_widgets_refs VALUES(1,2,3,1,1);
INSERT INTO kdm_widgets_refs VALUES(1,3,2,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,4,5,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,5,6,1,1);
INSERT INTO kdm_widgets_refs VALUES(2,6,4,1,1);
CREATE TABLE kdm_views (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO kdm_views VALUES('inventory_ledger');
INSERT INTO kdm_views VALUES('inventory_snapshots');
INSERT INTO kdm_views VALUES('latest_widgets');
INSERT INTO kdm_views VALUES('widgets');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('kdm_types',1);
INSERT INTO sqlite_sequence VALUES('kdm_objects',6);
INSERT INTO sqlite_sequence VALUES('kdm_widgets_rows',6);
INSERT INTO sqlite_sequence VALUES('kdm_widgets_states',1);
INSERT INTO sqlite_sequence VALUES('kdm_beside',1);
INSERT INTO sqlite_sequence VALUES('kdm_snapshots',2);
INSERT INTO sqlite_sequence VALUES('kdm_reads',2);
INSERT INTO sqlite_sequence VALUES('kdm_clusters',2);
INSERT INTO sqlite_sequence VALUES('kdm_indexed',1);
CREATE INDEX kdm_snapshots_time ON kdm_snapshots (timestamp);
CREATE INDEX kdm_snapshots_sorted ON kdm_snapshots (sorted_at);
CREATE INDEX kdm_snapshots_cluster ON kdm_snapshots (cluster_context, sorted_at);
CREATE VIEW "inventory_snapshots" AS 
SELECT s.id, s.timestamp AS timestamp, s.cluster_context, s.cluster_info,
  (SELECT c.count FROM kdm_counts c WHERE c.snapshot_id = s.id AND c.type_id = 1)
  AS "widget_count", s.namespace_filter, s.notes, s.created_at AS created_at, s.complete AS complete,
  s.cluster_uid, s.source, s.source_timestamp AS source_timestamp, s.redaction, s.seconds, s.uuid
FROM kdm_snapshots s;
CREATE VIEW "inventory_ledger" AS 
SELECT l.snapshot_id, d.resource_type, d.read, l.status, l.reason, l.http_code, l.requests,
  l.objects, l.reused, l.bytes, l.microseconds / 1000000.0 AS seconds, l.optional AS optional
FROM kdm_ledger l
JOIN kdm_reads d ON d.id = l.read_id;
CREATE VIEW "widgets" AS 
SELECT r.id, r.snapshot_id, w."name" AS "name", w."namespace" AS "namespace", w."size" AS "size", w."weight" AS "weight", w."polished" AS "polished", w."colours" AS "colours", w."labels" AS "labels", s."in_use" AS "in_use", s."why" AS "why", o.body AS spec
FROM "kdm_widgets_refs" r
JOIN "kdm_widgets_rows" w ON w.kdm_id = r.row_id
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object;
CREATE VIEW "latest_widgets" AS 
SELECT r.id, r.snapshot_id, w."name" AS "name", w."namespace" AS "namespace", w."size" AS "size", w."weight" AS "weight", w."polished" AS "polished", w."colours" AS "colours", w."labels" AS "labels", s."in_use" AS "in_use", s."why" AS "why", o.body AS spec
FROM "kdm_widgets_refs" r
JOIN "kdm_widgets_rows" w ON w.kdm_id = r.row_id
LEFT JOIN "kdm_widgets_states" s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object

WHERE r.snapshot_id IN (
  SELECT n.id FROM (
    SELECT p.id, row_number() OVER (
      PARTITION BY coalesce(nullif(p.cluster_uid, ''), p.cluster_context)
      ORDER BY p.sorted_at DESC, p.id DESC
    ) AS place
    FROM kdm_snapshots p
    JOIN kdm_counts c ON c.snapshot_id = p.id AND c.type_id = 1
  ) n
  WHERE n.place = 1
);
COMMIT;
