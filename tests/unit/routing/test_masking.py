"""What is learned from must not carry people."""

import pytest

from routing.masking import masked


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("电话13904510021，请回电", "电话某，请回电"),
        ("座机 0451-8700 1234 打不通", "座机 某 打不通"),
        ("身份证230103198001011234丢了", "身份证某丢了"),
        ("代码91230103MA1B2C3D4E的企业", "代码某的企业"),
        ("发到zhang.jianguo@example.com即可", "发到某即可"),
        ("黑A12345被扣了", "某被扣了"),
        ("微信号laozhang_88联系", "某联系"),
        ("我叫张建国，开火锅店", "我叫某，开火锅店"),
        ("找王师傅修的", "找某师傅修的"),
        ("李经理说不行", "某经理说不行"),
        ("营业执照办了三次，交了200元", "营业执照办了三次，交了200元"),
        ("高总队长和安全总局不是人名", "高总队长和安全总局不是人名"),
    ],
)
def test_people_go_and_the_matter_stays(said: str, kept: str) -> None:
    assert masked(said) == kept


def test_names_that_the_ticket_knows_go_wherever_they_stand() -> None:
    text = "南岗区老灶火锅店的欧阳娜反映：老灶火锅店备案没过"
    assert masked(text, ["欧阳娜", "老灶火锅店", "", "店"]) == "南岗区某的某反映：某备案没过"
