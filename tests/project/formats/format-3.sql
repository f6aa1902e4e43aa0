PRAGMA application_id = 1296646989;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE classes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name VARCHAR NOT NULL, 
	color VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	is_good BOOLEAN NOT NULL, 
	removed BOOLEAN NOT NULL
);
INSERT INTO "classes" VALUES(1,'良品','#0072b2','1',1,0);
INSERT INTO "classes" VALUES(2,'へこみ','#e69f00','2',0,0);
INSERT INTO "classes" VALUES(3,'old','#009e73','3',0,1);
CREATE TABLE encoders (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	path BLOB NOT NULL, 
	name VARCHAR NOT NULL, 
	created VARCHAR NOT NULL, 
	summary VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, 
	UNIQUE (path)
);
INSERT INTO "encoders" VALUES(1,X'656E636F646572732F6F6E652E7361666574656E736F7273','one','2026-11-26T22:28:35.366034+00:00','{"epochs": 3}',1);
CREATE TABLE folders (
	id INTEGER NOT NULL, 
	path BLOB NOT NULL, 
	path_from_project BLOB, 
	PRIMARY KEY (id), 
	UNIQUE (path)
);
INSERT INTO "folders" VALUES(1,X'2F746D702F6D69636D2D6F6C642FE6A49CE69FBBE794BBE5838F',X'2E2E2FE6A49CE69FBBE794BBE5838F');
CREATE TABLE history (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	action_id INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	detail VARCHAR NOT NULL, 
	undoes INTEGER
);
INSERT INTO "history" VALUES(1,1,'2026-11-26T22:28:35.224600+00:00','root','class_added','','{"before": null, "after": {"id": 1, "name": "良品", "color": "#0072b2", "key": "1", "is_good": true}}',0);
INSERT INTO "history" VALUES(2,2,'2026-11-26T22:28:35.236961+00:00','root','class_added','','{"before": null, "after": {"id": 2, "name": "dent", "color": "#e69f00", "key": "2", "is_good": false}}',0);
INSERT INTO "history" VALUES(3,3,'2026-11-26T22:28:35.254859+00:00','root','class_added','','{"before": null, "after": {"id": 3, "name": "old", "color": "#009e73", "key": "3", "is_good": false}}',0);
INSERT INTO "history" VALUES(4,4,'2026-11-26T22:28:35.268054+00:00','root','tag','ef9b5c8ea901c48c91a1babd993e8958002d282d1392042a20f4ece9ed5d53d7','{"before": null, "after": 1}',0);
INSERT INTO "history" VALUES(5,4,'2026-11-26T22:28:35.268054+00:00','root','tag','b8eb211e2f8ebe05923572f58d3a9c655596cf147454f5852f9ee247a1e5952c','{"before": null, "after": 1}',0);
INSERT INTO "history" VALUES(6,5,'2026-11-26T22:28:35.281851+00:00','root','tag','ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e','{"before": null, "after": 2}',0);
INSERT INTO "history" VALUES(7,6,'2026-11-26T22:28:35.295525+00:00','root','tag','ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e','{"before": 2, "after": 3}',0);
INSERT INTO "history" VALUES(8,7,'2026-11-26T22:28:35.307143+00:00','root','region_added','ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e','{"before": null, "after": {"id": 1, "sha256": "ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e", "class_id": 2, "xmin": 1, "ymin": 2, "xmax": 5.5, "ymax": 9}}',0);
INSERT INTO "history" VALUES(9,8,'2026-11-26T22:28:35.318656+00:00','root','region_added','ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e','{"before": null, "after": {"id": 2, "sha256": "ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e", "class_id": null, "xmin": 0, "ymin": 0, "xmax": 3, "ymax": 3}}',0);
INSERT INTO "history" VALUES(10,9,'2026-11-26T22:28:35.322922+00:00','root','region_removed','ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e','{"before": {"id": 2, "sha256": "ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e", "class_id": null, "xmin": 0.0, "ymin": 0.0, "xmax": 3.0, "ymax": 3.0}, "after": null}',0);
INSERT INTO "history" VALUES(11,10,'2026-11-26T22:28:35.330623+00:00','root','class_changed','','{"before": {"id": 2, "name": "dent", "color": "#e69f00", "key": "2", "is_good": false}, "after": {"id": 2, "name": "へこみ", "color": "#e69f00", "key": "2", "is_good": false}}',0);
INSERT INTO "history" VALUES(12,11,'2026-11-26T22:28:35.342299+00:00','root','untag','ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e','{"before": 3, "after": null}',0);
INSERT INTO "history" VALUES(13,11,'2026-11-26T22:28:35.343285+00:00','root','class_removed','','{"before": {"id": 3, "name": "old", "color": "#009e73", "key": "3", "is_good": false}, "after": null}',0);
INSERT INTO "history" VALUES(14,12,'2026-11-26T22:28:35.350564+00:00','root','untag','b8eb211e2f8ebe05923572f58d3a9c655596cf147454f5852f9ee247a1e5952c','{"before": 1, "after": null}',0);
INSERT INTO "history" VALUES(15,13,'2026-11-26T22:28:35.356843+00:00','root','tag','b8eb211e2f8ebe05923572f58d3a9c655596cf147454f5852f9ee247a1e5952c','{"before": null, "after": 2}',0);
INSERT INTO "history" VALUES(16,14,'2026-11-26T22:28:35.381168+00:00','root','unsure','ef9b5c8ea901c48c91a1babd993e8958002d282d1392042a20f4ece9ed5d53d7','{"before": 1, "after": -1}',0);
INSERT INTO "history" VALUES(17,15,'2026-11-26T22:28:35.390567+00:00','root','test_locked','0fdab09ee72eb1bf3df5b28d8fc7711c684954da9c44ce9eb94afecac729008b','{"how": "list"}',0);
CREATE TABLE images (
	id INTEGER NOT NULL, 
	folder_id INTEGER NOT NULL, 
	name_on_disk BLOB NOT NULL, 
	relative_path VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	modified_ns BIGINT NOT NULL, 
	status VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (folder_id, name_on_disk), 
	CHECK (status IN ('ok', 'unreadable', 'missing')), 
	FOREIGN KEY(folder_id) REFERENCES folders (id)
);
INSERT INTO "images" VALUES(1,1,X'E983A8E5938120302E706E67','部品 0.png','ef9b5c8ea901c48c91a1babd993e8958002d282d1392042a20f4ece9ed5d53d7',12,12,512,1795732115117003002,'ok','');
INSERT INTO "images" VALUES(2,1,X'E983A8E5938120312E706E67','部品 1.png','b8eb211e2f8ebe05923572f58d3a9c655596cf147454f5852f9ee247a1e5952c',12,12,512,1795732115117358754,'ok','');
INSERT INTO "images" VALUES(3,1,X'E983A8E5938120322E706E67','部品 2.png','ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e',12,12,512,1795732115117683969,'ok','');
INSERT INTO "images" VALUES(4,1,X'E983A8E5938120332E706E67','部品 3.png','0fdab09ee72eb1bf3df5b28d8fc7711c684954da9c44ce9eb94afecac729008b',12,12,512,1795732115121103942,'ok','');
CREATE TABLE locked (
	sha256 VARCHAR NOT NULL, 
	PRIMARY KEY (sha256)
)
 WITHOUT ROWID

;
INSERT INTO "locked" VALUES('0fdab09ee72eb1bf3df5b28d8fc7711c684954da9c44ce9eb94afecac729008b');
CREATE TABLE regions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sha256 VARCHAR NOT NULL, 
	class_id INTEGER, 
	xmin FLOAT NOT NULL, 
	ymin FLOAT NOT NULL, 
	xmax FLOAT NOT NULL, 
	ymax FLOAT NOT NULL, 
	FOREIGN KEY(class_id) REFERENCES classes (id)
);
INSERT INTO "regions" VALUES(1,'ae76288f22ea5a1e84e7cab12dffe1b1234cbd702702d2c961828cbb0ebe4e9e',2,1.0,2.0,5.5,9.0);
CREATE TABLE settings (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "settings" VALUES('language','ja');
CREATE TABLE tags (
	sha256 VARCHAR NOT NULL, 
	class_id INTEGER NOT NULL, 
	PRIMARY KEY (sha256), 
	FOREIGN KEY(class_id) REFERENCES classes (id)
)
 WITHOUT ROWID

;
INSERT INTO "tags" VALUES('b8eb211e2f8ebe05923572f58d3a9c655596cf147454f5852f9ee247a1e5952c',2);
CREATE TABLE unsure (
	sha256 VARCHAR NOT NULL, 
	PRIMARY KEY (sha256)
)
 WITHOUT ROWID

;
INSERT INTO "unsure" VALUES('ef9b5c8ea901c48c91a1babd993e8958002d282d1392042a20f4ece9ed5d53d7');
CREATE INDEX ix_history_action_id ON history (action_id);
CREATE TRIGGER history_no_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'the label journal is append-only'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'the label journal is append-only'); END;
CREATE INDEX images_by_path ON images (folder_id, relative_path);
CREATE INDEX images_by_content ON images (sha256);
CREATE INDEX ix_regions_sha256 ON regions (sha256);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('classes',3);
INSERT INTO "sqlite_sequence" VALUES('history',17);
INSERT INTO "sqlite_sequence" VALUES('regions',2);
INSERT INTO "sqlite_sequence" VALUES('encoders',1);
COMMIT;
